using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Lyceum.ModelHost.Tests.Api;

public sealed class BadInputTests(ModelHostUnderTest host) : IClassFixture<ModelHostUnderTest>
{
    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/generate")]
    [InlineData("/api/show")]
    [InlineData("/v1/chat/completions")]
    public async Task An_unknown_model_answers_404_and_names_it(string path)
    {
        var response = await host.PostAsync(path, new { model = "missing:7b", messages = Array.Empty<object>() });
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        await AssertErrorAsync(path, response, "model 'missing:7b' not found", "not_found_error");
    }

    [Theory]
    [InlineData("{\"model\": \"tutor\",", "LineNumber: 0")]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("", "missing request body")]
    [InlineData("{\"messages\": []}", "model is required")]
    [InlineData("{\"model\": 5}", "model must be a string")]
    [InlineData("{\"model\": \"tutor\", \"MODEL\": \"other\"}", "model is given more than once")]
    [InlineData("{\"model\": \"tutor\", \"messages\": 5}", "$.messages")]
    [InlineData("{\"model\": \"\\ud800\"}", "not valid JSON")]
    [InlineData("{\"\\ud800\": 1}", "not valid JSON")]
    [InlineData("{\"model\": \"tutor\", \"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}", "not valid Unicode")]
    [InlineData("{\"model\": \"tutor\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"\\ud800\"}]}]}", "not valid Unicode")]
    public async Task A_bad_body_answers_400_and_says_where(string body, string expected)
    {
        foreach (var path in new[] { "/api/chat", "/v1/chat/completions" })
        {
            using var content = new StringContent(body);
            var response = await host.Client.PostAsync(path, content);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            await AssertErrorAsync(path, response, expected, "invalid_request_error");
        }
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/api/tags")]
    [InlineData("/v1/chat/completions")]
    public async Task Without_identity_nothing_answers(string path)
    {
        using var client = host.Stranger;
        using var content = new StringContent("{}");
        var response = path == "/api/tags" ? await client.GetAsync(path) : await client.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        await AssertErrorAsync(path, response, "Gateway", "authentication_error");
    }

    [Theory]
    [InlineData("/api/nothing", HttpStatusCode.NotFound, "not part of this API", "not_found_error")]
    [InlineData("/v1/files", HttpStatusCode.NotFound, "not part of this API", "not_found_error")]
    [InlineData("/api/chat", HttpStatusCode.MethodNotAllowed, "does not take GET", "invalid_request_error")]
    [InlineData("/v1/chat/completions", HttpStatusCode.MethodNotAllowed, "does not take GET", "invalid_request_error")]
    [InlineData("/v1/models/nothing", HttpStatusCode.NotFound, "model 'nothing' not found", "not_found_error")]
    public async Task What_is_not_there_is_refused_in_the_protocols_shape(string path, HttpStatusCode status, string expected, string type)
    {
        var response = await host.Client.GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        await AssertErrorAsync(path, response, expected, type);
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_body_over_the_limit_answers_413(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[33 * 1024 * 1024]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.ExpectContinue = true;
        var response = await host.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await AssertErrorAsync(path, response, "too large", "invalid_request_error");
    }

    private static async Task AssertErrorAsync(string path, HttpResponseMessage response, string expected, string type)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var answer = await response.JsonAsync();
        Assert.Contains(expected, answer.Error(), StringComparison.Ordinal);
        if (path.StartsWith("/v1", StringComparison.Ordinal))
        {
            var error = answer.GetProperty("error");
            Assert.Equal(type, error.GetProperty("type").GetString());
            Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
            Assert.Equal(JsonValueKind.Null, error.GetProperty("code").ValueKind);
        }
        else
        {
            Assert.Equal("error", Assert.Single(answer.EnumerateObject()).Name);
        }
    }
}
