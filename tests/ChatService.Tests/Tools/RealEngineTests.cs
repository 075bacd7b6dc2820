extern alias modelhost;

using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.Plugins;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tools;

/// <summary>A real engine behind the real ModelHost: it writes a call because it is held to a grammar of the tools, and its embeddings find a text that is the same.</summary>
[Collection(SharedPostgres.Name)]
public sealed class RealEngineTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_real_engine_calls_a_plugin_and_answers_with_what_it_learned()
    {
        await using var node = await EngineNode.StartAsync();
        await using var models = await new ServiceUnderTest<modelhost::Program>([new("Nodes:0", node.Address.ToString())]).StartedAsync();
        using var http = models.CreateClient();
        await using var suite = await PluginSuite.StartAsync(
            postgres, ("services:modelhost:http:0", http.BaseAddress!.ToString()), ("Tutor:Model", "tiny:latest"), ("Tools:MaxSteps", "1"));
        await suite.AppliedAsync(PluginSuite.Dates());

        var reply = await suite.Student.StartAsync("When is the exam?");

        var message = reply.Body.GetProperty("message");
        Assert.Equal(("done", "tiny:latest"), (message.GetProperty("status").GetString(), message.GetProperty("model").GetString()));
        Assert.NotEqual("", message.GetProperty("content").GetString());
        var call = Assert.Single(await suite.CallsAsync(reply.Text("session_id")));
        Assert.Equal(("course_dates", "done"), (call.Name, call.Status));
        Assert.False(string.IsNullOrEmpty(call.Result));
    }

    [Fact]
    public async Task A_real_engines_embeddings_find_the_learning_objective()
    {
        await using var node = await EngineNode.StartAsync();
        await using var models = await new ServiceUnderTest<modelhost::Program>([new("Nodes:0", node.Address.ToString())]).StartedAsync();
        using var http = models.CreateClient();
        await using var suite = await ChatSuite.StartAsync(
            postgres,
            ("services:modelhost:http:0", http.BaseAddress!.ToString()), ("Tutor:Model", "tiny:latest"), ("Tutor:EmbeddingModel", "embed:latest"), ("Tutor:EmbeddingTimeout", "00:01:00"));
        string[] objectives = ["Read a table from a file", "Write a loop over a list", "Explain what a dictionary's keys are"];
        await suite.Instructor().PostAsync($"{Teaching.Course}/assignments", new { title = "Week 1", path_pattern = "*", objectives });

        // The weights are random: the only text that is known to be near another is that text.
        await suite.Student().StartAsync(objectives[1], new { notebook_path = "a.ipynb" });

        var objective = (await suite.LastRecordAsync()).GetProperty("record").GetProperty("objective");
        Assert.Equal((objectives[1], "embedding:embed:latest"), (objective.GetProperty("text").GetString(), objective.GetProperty("by").GetString()));
        Assert.Equal(1, objective.GetProperty("score").GetDouble(), 2);
    }
}
