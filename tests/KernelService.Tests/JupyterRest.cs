using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests;

internal static class JupyterRest
{
    public static Uri Path(string path) => new(path, UriKind.Relative);

    public static async Task<string> StartKernelAsync(this HttpClient client, string name = "python3", JsonObject? more = null)
    {
        var body = more ?? [];
        body["name"] = name;
        using var response = await client.PostAsJsonAsync(Path("/api/kernels"), body);
        Assert.True(response.StatusCode == HttpStatusCode.Created, await response.Content.ReadAsStringAsync());
        return (await response.JsonAsync())["id"]!.GetValue<string>();
    }

    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

    public static async Task<JsonObject> GetObjectAsync(this HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(Path(path)))!.AsObject();

    public static async Task<JsonArray> GetArrayAsync(this HttpClient client, string path) =>
        JsonNode.Parse(await client.GetStringAsync(Path(path)))!.AsArray();

    /// <summary>Asserts the status and Jupyter's error shape, and returns the message.</summary>
    public static async Task<string> AssertErrorAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        var error = await response.JsonAsync();
        Assert.True(error.ContainsKey("reason"), error.ToJsonString());
        return error["message"]!.GetValue<string>();
    }
}
