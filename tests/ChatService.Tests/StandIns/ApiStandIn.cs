using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.ChatService.Tests.StandIns;

/// <summary>A call as it came over the wire.</summary>
public sealed record CalledApi(string Method, string Target, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>An API of a library's loans somewhere outside, on a real port.</summary>
public sealed class ApiStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    public ApiStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            Called.Enqueue(new CalledApi(context.Request.Method, target, body, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
            await Answer(context);
        });
    }

    public ConcurrentQueue<CalledApi> Called { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("""{"ok":true}""");

    public string Address => _app.Urls.Single();

    /// <summary>What its people would publish; JSON.</summary>
    public static JsonElement Document(string server) => JsonElement.Parse("""
        {
          "openapi": "3.0.3",
          "info": {"title": "Loans", "version": "1"},
          "servers": [{"url": "ADDRESS/v1"}],
          "paths": {
            "/books/{isbn}/loans": {
              "parameters": [{"$ref": "#/components/parameters/isbn"}],
              "post": {
                "operationId": "lend", "summary": "Lends a book.",
                "parameters": [{"name": "notify", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loan"}}}}
              }
            },
            "/books": {"get": {"operationId": "find", "parameters": [{"name": "title", "in": "query", "required": true, "schema": {"type": "string", "maxLength": 100}}]}}
          },
          "components": {
            "parameters": {"isbn": {"name": "isbn", "in": "path", "required": true, "schema": {"type": "string"}}},
            "schemas": {
              "Loan": {
                "type": "object", "required": ["days"], "additionalProperties": false, "example": {"days": 14},
                "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 28}, "note": {"type": "string", "nullable": true}}
              },
              "Unused": {"type": "object", "unknownKeyword": 1}
            }
          }
        }
        """.Replace("ADDRESS", server, StringComparison.Ordinal));

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
