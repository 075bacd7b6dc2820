using System.Net;
using System.Net.Sockets;

namespace Lyceum.AspireLocal.Tests.Running;

public sealed class PortTests
{
    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_its_number_and_who_wanted_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var builder = TestApplication.NewBuilder();
        builder.AddSample("api", port);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder));

        Assert.Contains($"Endpoint 'http' of 'api' needs port {port}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboards_port_when_taken_comes_with_the_way_to_choose_another()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var builder = TestApplication.NewBuilder("--Dashboard:Port", $"{port}");

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => TestApplication.StartAsync(builder));

        Assert.Contains($"needs port {port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Dashboard__Port=", refused.Message, StringComparison.Ordinal);
    }
}
