using System.Security.Cryptography;
using System.Text;
using Lyceum.KernelService.Outliving;
using Lyceum.ServiceDefaults.Replicas;
using Lyceum.ServiceDefaults.Storage;

namespace Lyceum.KernelService.Replicas;

/// <summary>What this replica has, told to the others; nothing of that where there is no Redis. Redis being away is no failure here: the heartbeat says it again.</summary>
/// <param name="services">Holds the directory, where there is one.</param>
/// <param name="kept">What a replica keeps over a restart.</param>
/// <param name="logger">Told of what could not be said.</param>
internal sealed partial class Replicas(IServiceProvider services, KeptFiles kept, ILogger<Replicas> logger)
{
    private const string Restarts = "kept-";

    // Resolved late: it connects, and that may take its time.
    private readonly Lazy<ReplicaDirectory?> _directory = new(services.GetService<ReplicaDirectory>);

    private readonly Lazy<string> _self = new(() => IdOf(kept));
    private bool _unsaid;

    /// <summary>This replica's id; of one whose kernels outlive it, the same after a restart.</summary>
    public string Self => _self.Value;

    /// <summary>The directory; null for a service that is alone.</summary>
    public ReplicaDirectory? Directory => _directory.Value;

    /// <summary>Whether something could not be said since <see cref="TakeUnsaid"/>.</summary>
    public bool HasUnsaid => Volatile.Read(ref _unsaid);

    /// <summary>Whether something could not be said since this was last asked.</summary>
    public bool TakeUnsaid() => Interlocked.Exchange(ref _unsaid, false);

    private KernelSeats Seats => services.GetRequiredService<KernelSeats>();

    public Task ClaimAsync(string kind, string key) => TrySayAsync(directory => directory.ClaimAsync(kind, key, Self));

    public Task ForgetAsync(string kind, string key) => TrySayAsync(directory => directory.ForgetAsync(kind, key));

    /// <summary>Another replica that has a session of the subject for the path; null when from now on this one has.</summary>
    public async Task<ReplicaOwner?> TryClaimPathAsync(string subject, string path)
    {
        ReplicaOwner? other = null;
        await TrySayAsync(async directory => other = await directory.TryClaimAsync(ReplicaDirectory.Paths, KeyOf(subject, path), Self));
        return other;
    }

    public Task ClaimPathAsync(string subject, string path) => ClaimAsync(ReplicaDirectory.Paths, KeyOf(subject, path));

    /// <summary>The replica that has a kernel, if it is another one that is there.</summary>
    public async Task<ReplicaOwner?> ElsewhereAsync(string kernel)
    {
        ReplicaOwner? found = null;
        await TrySayAsync(async directory => found = await directory.FindAsync(ReplicaDirectory.Kernels, kernel));
        return found?.Address is not null && found.Id != Self ? found : null;
    }

    /// <summary>Takes a seat for a kernel, or only asks for one where that is null; free, too, while nobody can be asked.</summary>
    public async Task<SeatAnswer> TakeSeatAsync(string? kernel, string user, int max, int maxPerUser)
    {
        var answer = SeatAnswer.Free;
        await TrySayAsync(async _ => answer = await Seats.TakeAsync(Self, kernel, user, max, maxPerUser));
        return answer;
    }

    public Task FreeSeatAsync(string kernel) => TrySayAsync(_ => Seats.FreeAsync(Self, kernel));

    /// <summary>Says which seats this replica's kernels take, in the place of all that it said before.</summary>
    public Task ReplaceSeatsAsync(IReadOnlyCollection<KeyValuePair<string, string>> seats) => TrySayAsync(_ => Seats.ReplaceAsync(Self, seats));

    /// <summary>Whether a replica that is not there now may come back with its kernels.</summary>
    public static bool MayComeBack(ReplicaOwner owner) => owner.Id?.StartsWith(Restarts, StringComparison.Ordinal) is true;

    private static string IdOf(KeptFiles kept)
    {
        var made = Guid.NewGuid().ToString("N");
        if (kept is not { IsEnabled: true, Folder: { } folder })
        {
            return made;
        }

        var file = Path.Combine(folder, "replica");
        if (!File.Exists(file))
        {
            File.WriteAllText(file, made);
        }

        return Restarts + File.ReadAllText(file).Trim();
    }

    private static string KeyOf(string subject, string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{subject}\0{path}")));

    private async Task TrySayAsync(Func<ReplicaDirectory, Task> say)
    {
        if (Directory is { } directory)
        {
            try
            {
                await say(directory);
            }
            catch (Exception failure) when (RedisFailure.IsAway(failure))
            {
                Volatile.Write(ref _unsaid, true);
                LogAway(logger, failure.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not answer, so that other replicas know less of this one's kernels: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
