using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Microsoft.Extensions.Hosting;

/// <summary>For services that mostly pass bytes on.</summary>
public static class InlineSockets
{
    /// <summary>
    /// What .NET looks at when it makes its first socket: <c>1</c> lets the thread that sees bytes come handle them, too.
    /// It cannot be set later, so whoever starts the process sets it (<c>AppHost</c> does).
    /// </summary>
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// What .NET looks at beside <see cref="Variable"/>: how many threads see bytes come, as many as processors unless it says so. With
    /// <c>1</c> more comes at each look, and a token costs a sixth less; one thread passes some 50,000 tokens a second on.
    /// </summary>
    public const string Threads = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>
    /// Has the server handle bytes on the thread that saw them come where <see cref="Variable"/> says so for all other sockets: what
    /// passes through then changes no thread, which is most of what a token costs. Code that runs so must neither block nor compute for
    /// long, because a thread serves many connections; it moves to the thread pool first.
    /// </summary>
    public static void UseInlineSockets(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        }
    }
}
