using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Kernels;

public sealed class RestTests(RestTests.FewKernels service) : IClassFixture<RestTests.FewKernels>
{
    private static readonly ServiceDefaults.Identity.CallerIdentity Ann = TestIdentity.Student("ann");

    [Fact]
    public async Task A_started_kernel_has_every_field_that_clients_require()
    {
        using var rest = service.ClientOf(Ann);
        using var response = await rest.PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new JsonObject { ["name"] = "python3" });
        var model = await response.JsonAsync();
        var id = model["id"]!.GetValue<string>();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/kernels/{id}", response.Headers.Location!.ToString());
        Assert.Equal("python3", model["name"]!.GetValue<string>());
        Assert.Equal(0, model["connections"]!.GetValue<int>());
        Assert.Contains(model["execution_state"]!.GetValue<string>(), (string[])["starting", "idle"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", model["last_activity"]!.GetValue<string>());
        Assert.Contains(await rest.GetArrayAsync("/api/kernels"), listed => listed!["id"]!.GetValue<string>() == id);
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{id}"));
    }

    [Fact]
    public async Task Nobody_without_an_identity_is_answered()
    {
        using var nobody = service.Anonymous();
        foreach (var path in (string[])["/api/kernels", "/api/kernelspecs", "/api/sessions", "/api/status", "/api/me", "/api", "/api/kernels/x/channels"])
        {
            using var response = await nobody.GetAsync(JupyterRest.Path(path));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var start = await nobody.PostAsync(JupyterRest.Path("/api/kernels"), null);
        Assert.Equal(HttpStatusCode.Unauthorized, start.StatusCode);
    }

    [Fact]
    public async Task A_kernel_is_unknown_to_everyone_but_its_owner()
    {
        using var ann = service.ClientOf(Ann);
        using var bob = service.ClientOf(TestIdentity.Instructor("bob"));
        var kernel = await ann.StartKernelAsync();

        using var get = await bob.GetAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal($"Kernel does not exist: {kernel}", await get.AssertErrorAsync(HttpStatusCode.NotFound));
        using var socket = await bob.GetAsync(JupyterRest.Path($"/api/kernels/{kernel}/channels"));
        await socket.AssertErrorAsync(HttpStatusCode.NotFound);
        using var restart = await bob.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);
        await restart.AssertErrorAsync(HttpStatusCode.NotFound);
        using var delete = await bob.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        await delete.AssertErrorAsync(HttpStatusCode.NotFound);
        Assert.Empty(await bob.GetArrayAsync("/api/kernels"));
        await ann.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    [Fact]
    public async Task An_unknown_kernelspec_and_bad_JSON_are_told_apart()
    {
        using var rest = service.ClientOf(Ann);
        using var unknown = await rest.PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new JsonObject { ["name"] = "no-such" });
        Assert.Contains("no-such", await unknown.AssertErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);

        using var body = new StringContent("{\"name\": \n 7}", Encoding.UTF8, "application/json");
        using var bad = await rest.PostAsync(JupyterRest.Path("/api/kernels"), body);
        Assert.Contains("LineNumber: 1", await bad.AssertErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kernels_beyond_the_users_and_the_services_limit_are_refused_with_the_reason()
    {
        using var cleo = service.ClientOf(TestIdentity.Student("cleo"));
        string[] running = [await cleo.StartKernelAsync(), await cleo.StartKernelAsync()];

        using var mine = await cleo.PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new JsonObject { ["name"] = "python3" });
        Assert.Contains("You have 2 kernels", await mine.AssertErrorAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);

        using var dan = service.ClientOf(TestIdentity.Student("dan"));
        string[] dans = [await dan.StartKernelAsync(), await dan.StartKernelAsync()];
        using var all = await service.ClientOf(TestIdentity.Student("eve")).PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new JsonObject { ["name"] = "python3" });
        Assert.Contains("All 4 kernels", await all.AssertErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        foreach (var kernel in running)
        {
            await cleo.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        }

        foreach (var kernel in dans)
        {
            await dan.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        }
    }

    [Fact]
    public async Task The_server_says_its_version_its_status_and_who_asks()
    {
        using var rest = service.ClientOf(TestIdentity.Student("fay"));
        Assert.NotEmpty((await rest.GetObjectAsync("/api"))["version"]!.GetValue<string>());
        Assert.Equal(0, (await rest.GetObjectAsync("/api/status"))["kernels"]!.GetValue<int>());
        var me = await rest.GetObjectAsync("/api/me?permissions=" + Uri.EscapeDataString("""{"kernels":["read"],"terminals":["write"]}"""));
        Assert.Equal("account-fay", me["identity"]!["username"]!.GetValue<string>());
        Assert.Equal("""{"kernels":["read"],"terminals":[]}""", me["permissions"]!.ToJsonString());
    }

    public sealed class FewKernels : KernelServiceFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Kernels:Max", "4"), new("Kernels:MaxPerUser", "2")];
    }
}
