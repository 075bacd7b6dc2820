using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests.Contents;

/// <summary>The requests that clients of the contents API make.</summary>
internal static class ContentsRest
{
    public static Uri Uri(string path) => new($"/api/contents/{path}", UriKind.Relative);

    public static Task<HttpResponseMessage> SaveAsync(this HttpClient client, string path, JsonObject body) =>
        client.PutAsJsonAsync(Uri(path), body);

    public static Task<HttpResponseMessage> SaveTextAsync(this HttpClient client, string path, string text) =>
        client.SaveAsync(path, new JsonObject { ["type"] = "file", ["format"] = "text", ["content"] = text });

    public static Task<JsonObject> GetModelAsync(this HttpClient client, string path) => client.GetObjectAsync(Uri(path).ToString());

    /// <summary>A path that reaches the server as it is written, not tidied up by the client's Uri.</summary>
    public static Task<HttpResponseMessage> GetRawAsync(this HttpClient client, string path) => client.GetAsync(new Uri(
        client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

    public static JsonObject Notebook(string source) => JsonNode.Parse($$$"""
        {"cells": [{"cell_type": "code", "id": "one", "metadata": {}, "execution_count": null, "outputs": [], "source": {{{JsonValue.Create(source).ToJsonString()}}}}],
         "metadata": {"kernelspec": {"name": "csharp", "display_name": "C#"}}, "nbformat": 4, "nbformat_minor": 5}
        """)!.AsObject();

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
