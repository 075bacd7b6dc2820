using System.Globalization;
using Lyceum.TelemetryIngest.Studies;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>The README that ProgSnap2 asks for: what its tables cannot say.</summary>
internal static class ProgSnapReadme
{
    public static string Of(StudyDefinition study) => string.Create(CultureInfo.InvariantCulture, $"""
        # {study.Title}

        A dataset in ProgSnap2 1.0, exported by Lyceum: events from {study.From.UtcDateTime:u} until {study.To.UtcDateTime:u} of learners who have consented, of the types {string.Join(", ", study.EventTypes)}.

        **Subjects** go by pseudonyms of this study. Learners whose {(study.QuasiIdentifiers.Count == 0 ? "number" : string.Join(", ", study.QuasiIdentifiers))} fewer than {study.K} share were left out. `LinkTables/LinkSubject.csv` has those values.

        **Times** are UTC{(study.RelativeTimes ? ", and moved so that each subject's first event is at 2000-01-01T00:00:00Z" : "")}. ClientTimestamp is the sender's clock, ServerTimestamp ours. Order counts within a subject; the senders' clocks are not one, so IsEventOrderingConsistent is false.

        **Text** was scrubbed of names, e-mail addresses, students' numbers, home folders and secrets: asterisks, as many as there were characters.

        **Code states** are of one cell, after the event. Of an execution it is the code that ran. Of other events in a notebook whose edits (CellEditEvent) are in the dataset it is what those have made of the cell, rebuilt from the first on; of a notebook without edits it is what ran in the cell last. CodeStateID is empty where it is not known, as after edits of which an earlier one is missing. AssignmentID and CodeStateSection are the notebook's path, ProblemID is notebook#cell, Attempt counts the runs of a cell.

        **Executions.** Run.Program is the execution of a cell; Timeout is an execution that was interrupted. Where it failed because the code does not compile (Python's SyntaxError, IndentationError and TabError, and C#'s CS errors), a Compile and a Compile.Error event were fabricated after it. `LinkTables/LinkExecution.csv` has the language, the duration and the error.

        **Sessions.** A Session.Start was fabricated before the first event of each. `LinkTables/LinkEvent.csv` has the session of every event, what sent it, whether its sender's clock cannot be right, and the rest of what events of other types than executions say, as JSON.

        **Edits.** InsertText is empty where an edit inserted at more than one place. SourceLocation is where in the code state an edit begins, `Text:line:column` with both from 1, and DeleteText what it took out there; both are empty where it changed more than one place, and where the code is not known. DeleteText is a part of the code state before, scrubbed as a whole. ClipboardCutEvent is a File.CopyText followed by the edit that removes the text. Intervention is an answer of the tutor, whose text is not part of the dataset.

        **Types of our own**: X- and the name under which the event was recorded. X-TutorQuestion is a question to the tutor; X-CellAddEvent, X-CellRemoveEvent, X-ActiveCellChangeEvent, X-NotebookHiddenEvent and X-NotebookScrollEvent are what a notebook's user did.

        """).ReplaceLineEndings("\n");
}
