using System.Globalization;
using System.Text.RegularExpressions;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Studies;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Writes a file of an export into a response, as a whole or, as RFC 9110 (14) has it, from a byte on. Nothing is kept: the file is
/// made anew each time, and its length, which a range needs, is found by making it once.
/// </summary>
internal sealed partial class ExportDownload(
    NpgsqlDataSource database, ExportStore exports, AccessLog log, IOptions<StudiesOptions> options, ILogger<ExportDownload> logger) : IDisposable
{
    private readonly SemaphoreSlim _room = new(options.Value.MaxDownloads);

    /// <summary>Answers the request; false when too many downloads are running.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context, FrozenExport export, ExportFile file, ExportedFile known)
    {
        if (!await _room.WaitAsync(TimeSpan.Zero, context.RequestAborted))
        {
            return false;
        }

        try
        {
            await AnswerAsync(context, export, file, known);
            return true;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // What has left has left; the client sees that it is not whole.
            context.Abort();
            return true;
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    private async Task AnswerAsync(HttpContext context, FrozenExport export, ExportFile file, ExportedFile known)
    {
        var length = known.Length;
        var cancellationToken = context.RequestAborted;
        var response = context.Response;
        var tag = $"\"{export.Id}-{file.Name}\"";
        var range = RangeOf(context.Request, tag);
        response.ContentType = file.ContentType;
        response.Headers.ETag = tag;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ContentDisposition = $"attachment; filename=\"{file.Name}\"";
        response.Headers.CacheControl = "private, no-store";
        if (range is not null || HttpMethods.IsHead(context.Request.Method))
        {
            length ??= await WriteAsync(export, file, known, new MeasuredStream(Stream.Null), cancellationToken);
        }

        var (first, end) = (0L, length ?? long.MaxValue);
        if (range is not null)
        {
            (first, end) = Part(range, length!.Value);
            if (first >= end)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = $"bytes */{length}";
                return;
            }

            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{end - 1}/{length}");
        }

        response.ContentLength = length is null ? null : end - first;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await log.WriteAsync(
            context.User.Caller(), export.Course, export.Study, "downloaded", cancellationToken, export.Id, range is null ? file.Name : $"{file.Name} {response.Headers.ContentRange}");
        await WriteAsync(export, file, known, new MeasuredStream(response.Body, first, end), cancellationToken);
    }

    private async Task<long> WriteAsync(FrozenExport export, ExportFile file, ExportedFile known, MeasuredStream stream, CancellationToken cancellationToken)
    {
        await using (stream)
        {
            var ids = new Regex(export.IdPattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            await file.WriteAsync(new ExportedEvents(database, exports, export, new Scrubber(export.Names, ids)), stream, cancellationToken);
            if (known.Sha256 is { } sha256 && (known.Length != stream.Length || sha256 != Convert.ToHexStringLower(stream.Sha256)))
            {
                LogChanged(logger, file.Name, export.Id);
                throw new OperationCanceledException("The file is not what it was.");
            }

            await stream.CompleteAsync(cancellationToken);
            await exports.RememberAsync(export.Id, file.Name, stream.Length, stream.Sha256, cancellationToken);
            return stream.Length;
        }
    }

    /// <summary>The one range that is asked for of this very file; null for the whole.</summary>
    private static RangeItemHeaderValue? RangeOf(HttpRequest request, string tag) =>
        request.Headers.Range is [{ } text] && RangeHeaderValue.TryParse(text, out var range) && range.Unit == "bytes" && range.Ranges.Count == 1
            && (StringValues.IsNullOrEmpty(request.Headers.IfRange) || request.Headers.IfRange == tag)
            ? range.Ranges.Single()
            : null;

    private static (long First, long End) Part(RangeItemHeaderValue range, long length) => (range.From, range.To) switch
    {
        ({ } from, { } to) => (from, Math.Min(to + 1, length)),
        ({ } from, null) => (from, length),
        (null, { } last) => (Math.Max(0, length - last), length),
        _ => (0, length),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} of export {Export} is not what it was when it was written first, and the download was broken off: make a new export")]
    private static partial void LogChanged(ILogger logger, string file, Guid export);
}
