namespace Lyceum.TelemetryIngest.Exports;

/// <summary>A verb of the ADL vocabulary (https://w3id.org/xapi/adl) or of Activity Streams 1.0, as xAPI's registry lists them.</summary>
/// <param name="Id">Its IRI.</param>
/// <param name="Display">Its name in English.</param>
internal sealed record XapiVerb(string Id, string Display)
{
    private static readonly XapiVerb Attempted = new("http://adlnet.gov/expapi/verbs/attempted", "attempted");
    private static readonly XapiVerb Interacted = new("http://adlnet.gov/expapi/verbs/interacted", "interacted");
    private static readonly XapiVerb Updated = new("http://activitystrea.ms/update", "updated");

    private static readonly Dictionary<string, XapiVerb> Verbs = new()
    {
        ["CellExecute"] = Attempted,
        ["CellExecuteEvent"] = Attempted,
        ["CellEditEvent"] = Updated,
        ["ClipboardPasteEvent"] = Updated,
        ["CellAddEvent"] = new("http://activitystrea.ms/add", "added"),
        ["CellRemoveEvent"] = new("http://activitystrea.ms/remove", "removed"),
        ["NotebookOpenEvent"] = new("http://activitystrea.ms/open", "opened"),
        ["NotebookSaveEvent"] = new("http://activitystrea.ms/save", "saved"),
        ["TutorQuestion"] = new("http://adlnet.gov/expapi/verbs/asked", "asked"),
        ["TutorAnswer"] = new("http://activitystrea.ms/receive", "received"),
        ["TutorFeedback"] = new("http://adlnet.gov/expapi/verbs/commented", "commented"),
    };

    /// <summary>The verb of an event's type; "interacted" for those without one of their own.</summary>
    public static XapiVerb Of(string type) => Verbs.GetValueOrDefault(type, Interacted);
}
