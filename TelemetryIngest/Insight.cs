using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Derived;
using Lyceum.TelemetryIngest.HelpSeeking;
using Lyceum.TelemetryIngest.Learners;
using Lyceum.TelemetryIngest.Live;
using Lyceum.TelemetryIngest.Metrics;
using Lyceum.TelemetryIngest.Progress;
using Lyceum.TelemetryIngest.Reports;

namespace Lyceum.TelemetryIngest;

/// <summary>What is known of a class and of its learners: for its instructors.</summary>
internal static class Insight
{
    public static void AddInsight(this IHostApplicationBuilder builder)
    {
        builder.AddActivity();
        builder.AddLive();
        builder.AddLearners();
        builder.AddMetrics();
        builder.AddCodeStates();
        builder.AddDerivation();
        builder.AddProgress();
        builder.AddHelpSeeking();
        builder.AddReports();
    }

    public static void MapInsight(this IEndpointRouteBuilder routes)
    {
        routes.MapActivity();
        routes.MapLive();
        routes.MapLearners();
        routes.MapMetrics();
        routes.MapCodeStates();
        routes.MapDerivation();
        routes.MapProgress();
        routes.MapHelpSeeking();
        routes.MapReports();
    }
}
