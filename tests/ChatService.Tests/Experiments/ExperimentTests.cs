using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Experiments;

[Collection(SharedPostgres.Name)]
public sealed class ExperimentTests(PostgresServer postgres)
{
    private const string Path = $"{Teaching.Course}/experiments";

    private static readonly object[] TwoModels = [new { name = "control" }, new { name = "other", model = "other-model", temperature = 0.9, strategy = "plain", max_hint_level = 2 }];

    [Fact]
    public async Task A_learner_always_gets_the_arm_that_the_documented_hash_says_and_the_turn_says_which()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var id = await StartedAsync(suite, new { name = "models", arms = TwoModels });

        for (var i = 0; i < 12; i++)
        {
            var name = $"s{i}";
            var expected = Fraction($"arm/{id}/all/learner-{name}") * 2 < 1 ? "control" : "other";
            for (var turn = 0; turn < 2; turn++)
            {
                await suite.Student(name).StartAsync("Why?");
                Assert.Equal(expected == "control" ? "tutor" : "other-model", suite.Model.Last.Body.GetProperty("model").GetString());
            }

            var record = (await suite.LastRecordAsync()).GetProperty("record");
            Assert.Equal(expected, record.GetProperty("experiments")[0].GetProperty("arm").GetString());
            Assert.Equal(expected == "control" ? "enhanced_guidance" : "plain", record.GetProperty("strategy").GetString());
        }

        var counts = (await suite.Instructor().GetAsync($"{Path}/{id}")).Body.GetProperty("counts").EnumerateArray().ToArray();
        Assert.Equal((12, 24), (counts.Sum(one => one.GetProperty("learners").GetInt32()), counts.Sum(one => one.GetProperty("turns").GetInt32())));
    }

    [Fact]
    public async Task Exposure_is_sent_as_an_event_with_prompt_model_and_parameters()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var id = await StartedAsync(suite, new { name = "models", arms = (object[])[new { name = "a", model = "m", temperature = 0.5 }, new { name = "b", model = "m", temperature = 0.5 }] });

        await suite.Student().StartAsync("Why?");

        await suite.Telemetry.NextEventAsync();
        var exposure = await suite.Telemetry.NextEventAsync();
        Assert.Equal("TutorExposure", exposure.GetProperty("type").GetString());
        var detail = exposure.GetProperty("detail");
        Assert.Equal((id, "all", "m", 0.5), (Text("experiment"), Text("stratum"), Text("model"), detail.GetProperty("temperature").GetDouble()));
        Assert.StartsWith("tutor@", detail.GetProperty("prompts")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains(Text("arm"), (string[])["a", "b"]);

        string? Text(string name) => detail.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Experiments_of_a_layer_share_its_learners_out_and_those_of_others_mix_unless_they_change_the_same()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await StartedAsync(suite, new { name = "one", share = 0.5, arms = TwoModels });
        var second = await StartedAsync(suite, new { name = "two", share = 0.5, arms = TwoModels });
        var third = await CreatedAsync(suite, new { name = "three", share = 0.1, arms = TwoModels });
        Assert.Equal(HttpStatusCode.Conflict, (await suite.Instructor().PostAsync($"{Path}/{third}/start", null)).Status);
        var same = await CreatedAsync(suite, new { name = "four", layer = "other", arms = TwoModels });
        var refused = await suite.Instructor().PostAsync($"{Path}/{same}/start", null);
        Assert.Contains("'model'", refused.Text("detail"), StringComparison.Ordinal);
        var beside = await StartedAsync(suite, new { name = "five", layer = "other", arms = (object[])[new { name = "x" }, new { name = "y", expert_model = "" }] });

        for (var i = 0; i < 6; i++)
        {
            await suite.Student($"s{i}").StartAsync("Why?");
            var inSecond = (int)(Fraction($"layer/default/default/learner-s{i}") * 1000) >= 500;
            var experiments = (await suite.LastRecordAsync()).GetProperty("record").GetProperty("experiments").EnumerateArray().Select(one => one.GetProperty("experiment").GetString()).ToArray();
            Assert.Equal(2, experiments.Length);
            Assert.Equal(inSecond, experiments.Contains(second));
            Assert.Contains(beside, experiments);
        }
    }

    [Fact]
    public async Task Strata_are_drawn_each_for_itself_and_experience_stays_what_it_was()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var assignment = await suite.AssignAsync("week-1/*");
        await StartedAsync(suite, new { name = "by assignment", stratify = "assignment", layer = "a", arms = TwoModels });
        await StartedAsync(suite, new { name = "by experience", stratify = "experience", layer = "b", arms = (object[])[new { name = "x" }, new { name = "y" }] });

        for (var i = 0; i < 12; i++)
        {
            await suite.Student().StartAsync("Why?", i % 2 == 0 ? new { notebook_path = "week-1/a.ipynb" } : null);
            var strata = (await suite.LastRecordAsync()).GetProperty("record").GetProperty("experiments").EnumerateArray().Select(one => one.GetProperty("stratum").GetString());
            Assert.Equal([i % 2 == 0 ? assignment : "none", "new"], strata);
        }
    }

    [Fact]
    public async Task Instructors_and_locked_turns_are_no_part_of_it_and_an_ended_one_is_over()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var id = await StartedAsync(suite, new { name = "models", arms = TwoModels });
        await suite.Instructor().StartAsync("Why?");
        Assert.Equal(0, await ExposedAsync());
        await suite.SetPolicyAsync(new { lockdown = true });
        await suite.Student().StartAsync("Why?");
        Assert.Equal(0, await ExposedAsync());
        await suite.SetPolicyAsync(new { lockdown = false });
        Assert.Equal("ended", (await suite.Instructor().PostAsync($"{Path}/{id}/end", null)).Text("status"));
        await suite.Student().StartAsync("Why?");
        Assert.Equal(0, await ExposedAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await suite.Instructor().SendAsync(HttpMethod.Put, $"{Path}/{id}", new { name = "m", arms = TwoModels })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await suite.Instructor().SendAsync(HttpMethod.Delete, $"{Path}/{id}")).Status);

        async Task<int> ExposedAsync() => (await suite.LastRecordAsync()).GetProperty("record").GetProperty("experiments").GetArrayLength();
    }

    [Theory]
    [InlineData("name", """{"arms": [{"name": "a"}, {"name": "b"}]}""")]
    [InlineData("arms", """{"name": "x", "arms": [{"name": "a"}]}""")]
    [InlineData("arms", """{"name": "x", "arms": [{"name": "a"}, {"name": "a"}]}""")]
    [InlineData("arms[1].name", """{"name": "x", "arms": [{"name": "a"}, {"name": "b c"}]}""")]
    [InlineData("arms[0].prompts", """{"name": "x", "arms": [{"name": "a", "prompts": ["tutor@0"]}, {"name": "b"}]}""")]
    [InlineData("arms[0].strategy", """{"name": "x", "arms": [{"name": "a", "strategy": "nice"}, {"name": "b"}]}""")]
    [InlineData("arms[0].temperature", """{"name": "x", "arms": [{"name": "a", "temperature": 3}, {"name": "b"}]}""")]
    [InlineData("share", """{"name": "x", "share": 2, "arms": [{"name": "a"}, {"name": "b"}]}""")]
    [InlineData("stratify", """{"name": "x", "stratify": "age", "arms": [{"name": "a"}, {"name": "b"}]}""")]
    [InlineData("layer", """{"name": "x", "layer": "", "arms": [{"name": "a"}, {"name": "b"}]}""")]
    public async Task A_wrong_experiment_is_refused_by_field(string field, string body)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var reply = await suite.Instructor().PostTextAsync(Path, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _), reply.Body.ToString());
    }

    private static async Task<string> CreatedAsync(ChatSuite suite, object body)
    {
        var made = await suite.Instructor().PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return made.Text("id");
    }

    private static async Task<string> StartedAsync(ChatSuite suite, object body)
    {
        var id = await CreatedAsync(suite, body);
        Assert.Equal("running", (await suite.Instructor().PostAsync($"{Path}/{id}/start", null)).Text("status"));
        return id;
    }

    /// <summary>As docs/tutor.md says that a draw is made.</summary>
    private static double Fraction(string text) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) / Math.Pow(2, 64);
}
