using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

[Collection(SharedPostgres.Name)]
public sealed class ExpertTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_expert_is_asked_first_and_only_the_tutor_hears_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:ExpertModel", "expert"));
        await suite.AssignAsync("*", description: "Load the table.", solution: "secret = load(path, header=None, sep=';', names=columns)");
        suite.Model.Answer = ModelHostStandIn.InTurn("df is never assigned.", "Where does df get its value?");

        var reply = await suite.Student().StartAsync("Why?", new { notebook_path = "a.ipynb", code = "df.head()" });

        Assert.Equal("Where does df get its value?", reply.Body.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(["expert", "tutor"], suite.Model.Asked.Select(asked => asked.Body.GetProperty("model").GetString()));
        Assert.Contains("# Assignment\n```\nLoad the table.\n```", suite.Model.Asked.First().Question, StringComparison.Ordinal);
        Assert.Contains("# Technical facts\n```\ndf is never assigned.\n```", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
        Assert.DoesNotContain(suite.Model.Asked, asked => asked.Body.GetRawText().Contains("secret", StringComparison.Ordinal));
        var source = reply.Body.GetProperty("message").GetProperty("sources").EnumerateArray().Single(one => one.GetProperty("kind").GetString() == "expert");
        Assert.Equal("model:stand-in:1b", source.GetProperty("from").GetString());
    }

    [Fact]
    public async Task The_tutor_answers_without_an_expert_who_is_late()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:ExpertModel", "expert"), ("Tutor:ExpertTimeout", "00:00:02"));
        var late = ModelHostStandIn.SaysThenWaits(new Held(), "I think ");
        suite.Model.Answer = context => suite.Model.Last.Body.GetProperty("model").GetString() == "expert" ? late(context) : ModelHostStandIn.Says("Look.")(context);

        var reply = await suite.Student().StartAsync("Why?");

        Assert.Equal("Look.", reply.Body.GetProperty("message").GetProperty("content").GetString());
        Assert.DoesNotContain("Technical facts", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
    }
}
