using Lyceum.ServiceDefaults.Discovery;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Studies;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Asks Gateway what the people of a course are called, so that an export can mask it.</summary>
internal sealed class CourseNames(IHttpClientFactory clients, ServiceEndpoints endpoints, ServiceIdentity service, IOptions<StudiesOptions> options)
{
    /// <summary>The names; null when nobody can tell them, which has to be permitted to be none.</summary>
    /// <exception cref="HttpRequestException">Gateway does not answer: an export without the names would say them.</exception>
    public async Task<IReadOnlyList<string>?> ReadAsync(string course, CancellationToken cancellationToken)
    {
        if (!endpoints.Knows("gateway"))
        {
            return options.Value.WithoutAccounts ? [] : null;
        }

        using var client = clients.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://gateway/accounts/names?course={Uri.EscapeDataString(course)}"));
        // Not as the caller: an account sees its own course only, and the owner exports any.
        request.SetCaller(service.Caller);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync(TelemetryJson.Default.NewExport, cancellationToken))?.Names ?? [];
    }
}
