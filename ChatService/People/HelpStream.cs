using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Turns;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.People;

/// <summary>A course's queue as server-sent events: <c>queue</c> at first and whenever it has changed.</summary>
internal sealed class HelpStream(string course) : IResult
{
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var help = services.GetRequiredService<HelpStore>();
        var time = services.GetRequiredService<TimeProvider>();
        var interval = services.GetRequiredService<IOptions<ConversationsOptions>>().Value.QueueInterval;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var stream = new EventStream(httpContext);
        byte[] last = [];
        try
        {
            for (var spoke = time.GetTimestamp(); ; await Task.Delay(interval, time, end.Token))
            {
                var now = await ReadAsync(help, end.Token);
                if (now is not null && !now.AsSpan().SequenceEqual(last))
                {
                    await stream.WriteAsync("queue", now);
                    (last, spoke) = (now, time.GetTimestamp());
                }
                else if (time.GetElapsedTime(spoke) > SignOfLife)
                {
                    await stream.WriteSignOfLifeAsync();
                    spoke = time.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has gone, or the service stops.
        }
    }

    private async Task<byte[]?> ReadAsync(HelpStore help, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(new OpenRequests(await help.QueueAsync(course, cancellationToken)), ChatJson.Default.OpenRequests);
        }
        catch (NpgsqlException away) when (away.IsTransient)
        {
            return null;
        }
    }
}
