using System.Diagnostics;

namespace Lyceum.AspireLocal.Tests;

/// <summary>Waits for what other processes bring about; fails with what was seen last.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static Task<T> Is<T>(Func<T> look, Func<T, bool> wanted) => Answers(() => Task.FromResult(look()), wanted);

    public static async Task<T> Answers<T>(Func<Task<T>> look, Func<T, bool> wanted)
    {
        var began = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (wanted(seen))
            {
                return seen;
            }

            Assert.True(began.Elapsed < TestApplication.Patience, $"Seen last: {seen}");
            await Task.Delay(Pause);
        }
    }
}
