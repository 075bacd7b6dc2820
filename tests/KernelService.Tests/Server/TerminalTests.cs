using System.Net;

namespace Lyceum.KernelService.Tests.Server;

public sealed class TerminalTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    [Fact]
    public async Task There_are_no_terminals_and_the_server_says_so()
    {
        using var sam = service.ClientOf(KernelServiceFixture.Sam);
        using var listed = await sam.GetAsync(JupyterRest.Path("/api/terminals"));
        Assert.Contains("no terminals", await listed.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
        using var opened = await sam.PostAsync(JupyterRest.Path("/api/terminals"), null);
        await opened.AssertErrorAsync(HttpStatusCode.NotFound);
    }
}
