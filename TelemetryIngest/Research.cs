using Lyceum.TelemetryIngest.Erasures;
using Lyceum.TelemetryIngest.Exports;
using Lyceum.TelemetryIngest.Studies;

namespace Lyceum.TelemetryIngest;

/// <summary>What may leave for research, and what has to go.</summary>
internal static class Research
{
    public static void AddResearch(this IHostApplicationBuilder builder)
    {
        builder.AddStudies();
        builder.AddExports();
        builder.AddErasures();
    }

    public static void MapResearch(this IEndpointRouteBuilder routes)
    {
        routes.MapStudies();
        routes.MapExports();
        routes.MapErasures();
    }
}
