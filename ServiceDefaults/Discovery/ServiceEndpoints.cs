using Microsoft.Extensions.Configuration;

namespace Lyceum.ServiceDefaults.Discovery;

/// <summary>
/// Where our services are, from the keys <c>services:&lt;name&gt;:&lt;scheme or endpoint&gt;:&lt;n&gt;</c> that Aspire injects.
/// Configuration is read on every look-up, so a reload takes effect at once.
/// </summary>
public sealed class ServiceEndpoints(IConfiguration configuration)
{
    private uint _next;

    /// <summary>Whether the name is one of our services.</summary>
    public bool Knows(string name) => All(name).Count > 0;

    /// <summary>Every address of a service, <c>https</c> before <c>http</c>; empty for an unknown name.</summary>
    public IReadOnlyList<Uri> All(string name)
    {
        var section = configuration.GetSection($"services:{name}");
        foreach (var scheme in (ReadOnlySpan<string>)["https", "http"])
        {
            Uri[] found = [.. section.GetSection(scheme).GetChildren()
                .Select(child => Uri.TryCreate(child.Value, UriKind.Absolute, out var uri) ? uri : null)
                .OfType<Uri>()];
            if (found.Length > 0)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>One address of a service, in turn; null for an unknown name.</summary>
    public Uri? Next(string name)
    {
        var all = All(name);
        return all.Count == 0 ? null : all[(int)(Interlocked.Increment(ref _next) % (uint)all.Count)];
    }
}
