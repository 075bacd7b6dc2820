using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Derived;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Exports;
using Lyceum.TelemetryIngest.Formats;
using Lyceum.TelemetryIngest.HelpSeeking;
using Lyceum.TelemetryIngest.Learners;
using Lyceum.TelemetryIngest.Metrics;
using Lyceum.TelemetryIngest.Progress;
using Lyceum.TelemetryIngest.Studies;

namespace Lyceum.TelemetryIngest;

/// <summary>The JSON of everything this service answers.</summary>
[JsonSerializable(typeof(IngestResult))]
[JsonSerializable(typeof(ClassActivity))]
[JsonSerializable(typeof(ClassSummary))]
[JsonSerializable(typeof(LearnerEvents))]
[JsonSerializable(typeof(CourseMetrics))]
[JsonSerializable(typeof(RecentActivity))]
[JsonSerializable(typeof(NotebookReplay))]
[JsonSerializable(typeof(LearnerNotebooks))]
[JsonSerializable(typeof(DerivationState))]
[JsonSerializable(typeof(CourseProgress))]
[JsonSerializable(typeof(CourseHelpSeeking))]
[JsonSerializable(typeof(StudyDraft))]
[JsonSerializable(typeof(StudyDefinition))]
[JsonSerializable(typeof(Study))]
[JsonSerializable(typeof(StudyList))]
[JsonSerializable(typeof(OfferedStudies))]
[JsonSerializable(typeof(Consent))]
[JsonSerializable(typeof(ConsentDecision))]
[JsonSerializable(typeof(AccessLogPage))]
[JsonSerializable(typeof(NewExport))]
[JsonSerializable(typeof(StudyExport))]
[JsonSerializable(typeof(StudyExports))]
[JsonSerializable(typeof(ExportedEvent))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(ErasureRequest))]
[JsonSerializable(typeof(ErasureResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = TelemetryJson.MaxDepth)]
internal sealed partial class TelemetryJson : JsonSerializerContext
{
    /// <summary>An event as deep as is taken, in an answer that holds it.</summary>
    public const int MaxDepth = BodyValues.MaxDepth + 16;
}

internal static class TelemetryJsonHosting
{
    public static void AddTelemetryJson(this IHostApplicationBuilder builder) => builder.Services.ConfigureHttpJsonOptions(json =>
    {
        json.SerializerOptions.MaxDepth = TelemetryJson.MaxDepth;
        json.SerializerOptions.TypeInfoResolverChain.Insert(0, TelemetryJson.Default);
        // A context's own policy does not hold when its contracts are used through other options.
        json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
    });
}
