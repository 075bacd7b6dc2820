using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Replicas;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Kernels;

/// <summary>How many kernels there may be, of one user and at all: of all replicas, where they share a Redis, and of this one while it is away.</summary>
internal sealed class KernelCaps(Replicas.Replicas replicas, IOptions<KernelsOptions> options)
{
    private readonly Lock _order = new();

    public int Max => options.Value.Max;

    public int MaxPerUser => options.Value.MaxPerUser;

    /// <summary>What this replica itself has to say to one more kernel.</summary>
    public KernelRefusal RefusalOf(int all, int users) =>
        all >= Max ? KernelRefusal.ServiceFull
        : users >= MaxPerUser ? KernelRefusal.UserFull
        : KernelRefusal.None;

    /// <summary>What all replicas have to say to one more kernel of the caller.</summary>
    public Task<KernelRefusal> AskAsync(CallerIdentity caller) => TakeAsync(kernel: null, caller);

    /// <summary>Takes a seat among all replicas' kernels.</summary>
    public async Task<KernelRefusal> TakeAsync(string? kernel, CallerIdentity caller) =>
        await replicas.TakeSeatAsync(kernel, UserOf(caller), Max, MaxPerUser) switch
        {
            SeatAnswer.AllTaken => KernelRefusal.ServiceFull,
            SeatAnswer.UsersTaken => KernelRefusal.UserFull,
            _ => KernelRefusal.None,
        };

    /// <summary>A kernel that is no longer listed gives its seat back.</summary>
    public Task FreeAsync(string kernel)
    {
        lock (_order)
        {
            return replicas.FreeSeatAsync(kernel);
        }
    }

    /// <summary>Says whose seats are taken, from a list that is made in here: who frees one meanwhile is heard after it.</summary>
    public Task SayAsync(Func<IEnumerable<Kernel>> kernels)
    {
        lock (_order)
        {
            return replicas.ReplaceSeatsAsync([.. kernels().Select(kernel => KeyValuePair.Create(kernel.Id, UserOf(kernel.Owner)))]);
        }
    }

    // Who uses kernels is nothing that Redis has to know.
    private static string UserOf(CallerIdentity caller) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller.Subject)));
}
