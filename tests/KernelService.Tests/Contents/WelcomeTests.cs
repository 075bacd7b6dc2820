using System.Text.Json.Nodes;
using Lyceum.KernelService.Contents;

namespace Lyceum.KernelService.Tests.Contents;

public sealed class WelcomeTests(KernelServiceFixture fixture) : IClassFixture<KernelServiceFixture>
{
    [Theory]
    [InlineData("csharp", "CS0103")]
    [InlineData("python3", "NameError")]
    public async Task The_welcome_runs_in_its_kernel_but_for_the_cell_that_is_there_to_fail(string language, string error)
    {
        var assembly = typeof(ContentsOptions).Assembly;
        var resource = assembly.GetManifestResourceNames().Single(name => name.EndsWith($"Welcome.{language}.ipynb", StringComparison.Ordinal));
        await using var stream = assembly.GetManifestResourceStream(resource)!;
        var notebook = (await JsonNode.ParseAsync(stream))!;
        using var rest = fixture.ClientOf(KernelServiceFixture.Sam);
        await using var client = await NotebookClient.ConnectAsync(
            fixture, await rest.StartKernelAsync(notebook["metadata"]!["kernelspec"]!["name"]!.GetValue<string>()), KernelServiceFixture.Sam);

        foreach (var cell in notebook["cells"]!.AsArray().Where(cell => cell!["cell_type"]!.GetValue<string>() == "code"))
        {
            var source = string.Concat(cell!["source"]!.AsArray().Select(line => line!.GetValue<string>()));
            var reply = (await client.RunAsync(source)).Single(message => message.Type == "execute_reply").Content;
            var expected = cell["id"]!.GetValue<string>() == "failing-cell" ? error : null;
            Assert.Equal(expected, reply["ename"]?.GetValue<string>());
        }
    }
}
