using Google.Protobuf;
using Lyceum.AspireLocal.Telemetry;
using Lyceum.AspireLocal.Telemetry.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>Takes OTLP over HTTP in its protobuf encoding.</summary>
internal static class OtlpEndpoints
{
    private const string Protobuf = "application/x-protobuf";

    public static void MapOtlp(this IEndpointRouteBuilder app)
    {
        var otlp = app.MapGroup("/v1");
        otlp.MapPost("/traces", (HttpRequest request, TelemetryStore store, CancellationToken cancellationToken) =>
            TakeAsync(request, TraceRequest.Parser, message => store.Add(OtlpReader.Spans(message)), cancellationToken));
        otlp.MapPost("/logs", (HttpRequest request, TelemetryStore store, CancellationToken cancellationToken) =>
            TakeAsync(request, LogRequest.Parser, message => store.Add(OtlpReader.Logs(message)), cancellationToken));
        otlp.MapPost("/metrics", (HttpRequest request, TelemetryStore store, CancellationToken cancellationToken) =>
            TakeAsync(request, MetricRequest.Parser, message => OtlpReader.AddMetrics(message, store), cancellationToken));
    }

    private static async Task<IResult> TakeAsync<T>(
        HttpRequest request, MessageParser<T> parser, Action<T> take, CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        if (request.ContentType?.StartsWith(Protobuf, StringComparison.OrdinalIgnoreCase) != true)
        {
            return Results.Text($"This receiver takes {Protobuf}; set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        try
        {
            take(parser.ParseFrom(body.GetBuffer(), 0, (int)body.Length));
        }
        catch (InvalidProtocolBufferException exception)
        {
            return Results.Text(exception.Message, statusCode: StatusCodes.Status400BadRequest);
        }

        // An empty message of each response type says that everything was taken.
        return Results.Bytes([], Protobuf);
    }
}
