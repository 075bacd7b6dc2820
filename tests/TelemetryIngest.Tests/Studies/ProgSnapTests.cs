using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Lyceum.TelemetryIngest.Tests.Studies;

public sealed class ProgSnapTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static readonly string[] Types =
        [.. Sent.Pioneer.Keys, "CellExecute", "TutorQuestion", "TutorAnswer", "TutorFeedback"];

    [ProgSnapFact]
    public async Task The_main_table_holds_what_the_specification_asks_column_by_column()
    {
        using var course = new StudyCourse(app);
        var specification = new ProgSnapSpecification();
        var main = Table.Of(await ExportAsync(course), "MainTable.csv");

        var known = specification.Columns.ToDictionary(column => column.Name);
        Assert.Empty(specification.Columns.Where(column => column.Requirement == "Required").Select(column => column.Name).Except(main.Columns));
        Assert.Empty(main.Columns.Except(known.Keys));
        Assert.Equal(main.Columns, specification.Columns.Select(column => column.Name).Where(main.Columns.Contains));
        Assert.NotEmpty(main.Rows);
        Assert.Distinct(main.Rows.Select(row => row["EventID"]));
        Assert.All(main.Rows, row =>
        {
            Assert.NotEmpty(row["EventType"]);
            Assert.NotEmpty(row["EventID"]);
            Assert.NotEmpty(row["SubjectID"]);
            Assert.NotEmpty(row["ToolInstances"]);
            var isCustom = row["EventType"].StartsWith("X-", StringComparison.Ordinal);
            Assert.True(isCustom || specification.EventTypes.ContainsKey(row["EventType"]), row["EventType"]);
            foreach (var (column, value) in row.Where(field => field.Value.Length > 0))
            {
                Assert.True(IsOf(specification, known[column], value), $"{column} is {value}");
                if (known[column].Requirement == "EventSpecific" && !isCustom)
                {
                    var (required, optional) = specification.EventTypes[row["EventType"]];
                    Assert.True(required.Concat(optional).Contains(column), $"{row["EventType"]} has {column}");
                }
            }
        });
        Assert.All(main.Rows.Where(row => specification.EventTypes.ContainsKey(row["EventType"])), row =>
            Assert.All(specification.EventTypes[row["EventType"]].Required, column => Assert.True(row[column].Length > 0, $"{row["EventType"]} lacks {column}")));
        // Each of the specification's types that is there has been seen, so that the above has looked at it.
        Assert.Empty(new[] { "Session.Start", "File.Open", "File.Save", "File.Focus", "File.Edit", "File.CopyText", "Run.Program", "Compile", "Compile.Error", "Intervention" }
            .Except(main.Rows.Select(row => row["EventType"])));
        foreach (var subject in main.Rows.GroupBy(row => row["SubjectID"]))
        {
            var order = subject.Select(row => int.Parse(row["Order"], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(Enumerable.Range(1, order.Count), order);
        }
    }

    [ProgSnapFact]
    public async Task The_metadata_is_the_specifications_and_says_how_the_code_states_are_kept()
    {
        using var course = new StudyCourse(app);
        var metadata = Table.Of(await ExportAsync(course), "DatasetMetadata.csv");
        Assert.Equal(["Property", "Value"], metadata.Columns);
        Assert.Equal(new ProgSnapSpecification().Properties, metadata.Rows.Select(row => row["Property"]));
        var values = metadata.Rows.ToDictionary(row => row["Property"], row => row["Value"]);
        Assert.Equal(("1.0", "Table", "Restricted", "SubjectID"), (values["Version"], values["CodeStateRepresentation"], values["EventOrderScope"], values["EventOrderScopeColumns"]));
    }

    [Fact]
    public async Task Every_code_state_that_an_event_points_to_is_in_the_table_once_and_is_the_code()
    {
        using var course = new StudyCourse(app);
        var zip = await ExportAsync(course);
        var main = Table.Of(zip, "MainTable.csv");
        var states = Table.Of(zip, "CodeStates/CodeStates.csv");
        Assert.Equal(["CodeStateID", "Code"], states.Columns);
        Assert.Distinct(states.Rows.Select(row => row["CodeStateID"]));
        Assert.Empty(main.Rows.Select(row => row["CodeStateID"]).Where(id => id.Length > 0).Except(states.Rows.Select(row => row["CodeStateID"])));
        var code = states.Rows.ToDictionary(row => row["CodeStateID"], row => row["Code"]);
        var one = main.Rows.GroupBy(row => row["SubjectID"]).First().ToList();
        Assert.Equal(["print(1", "print(1)"], one.Where(row => row["EventType"] == "Run.Program" && row["ProblemID"].StartsWith("Run.ipynb#", StringComparison.Ordinal)).Select(row => code[row["CodeStateID"]]));
        Assert.Equal(["1", "2"], one.Where(row => row["EventType"] == "Run.Program" && row["ProblemID"].StartsWith("Run.ipynb#", StringComparison.Ordinal)).Select(row => row["Attempt"]));
        // pioneer's execution has its code in the whole notebook that came with it.
        Assert.Equal("import pandas\ndf.head()", code[one.Single(row => row["EventType"] == "Run.Program" && row["AssignmentID"] == "Task.ipynb")["CodeStateID"]]);
    }

    [Fact]
    public async Task Code_states_are_what_edits_have_made_of_a_cell_and_what_ran_where_there_are_none()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync(StudyCourse.Draft("CellEditEvent", "CellExecute", "NotebookSaveEvent"));
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        foreach (var name in (string[])["ada", "bo"])
        {
            await course.Student(name).SendAsync(
                Edit(0, "c1", new { doc = new[] { "x = 1" } }),
                Edit(1, "c1", new { changes = new object[] { 5, new object[] { 0, "2", "# Ada" } } }),
                Edit(2, "c2", new { changes = new object[] { new object[] { 0, "y" } } }),
                Edit(3, "c1", new { changes = new object[] { new object[] { 1, "z" }, 11 } }),
                Sent.Execution(at.AddSeconds(4), notebook: "Edited.ipynb", code: "z = 12\n# Ada"),
                // Of a change to a text of another length nothing follows.
                Edit(5, "c1", new { changes = new object[] { 99, new object[] { 0, "!" } } }),
                Sent.Event("NotebookSaveEvent", at.AddSeconds(6), notebook: "Edited.ipynb", cell: "c2"),
                Sent.Execution(at.AddSeconds(7), notebook: "Ran.ipynb", code: "ran"),
                Sent.Event("NotebookSaveEvent", at.AddSeconds(8), notebook: "Ran.ipynb", cell: "c1")).IngestedAsync();
            await course.ConsentAsync(name, study);
        }

        var zip = await course.DownloadAsync(await course.ExportAsync(study, "Ada"), "progsnap2.zip");
        var main = Table.Of(zip, "MainTable.csv");
        var states = Table.Of(zip, "CodeStates/CodeStates.csv");
        var code = states.Rows.ToDictionary(row => row["CodeStateID"], row => row["Code"]);
        code[""] = "unknown";
        Assert.Equal(2, main.Rows.Select(row => row["SubjectID"]).Distinct().Count());
        Assert.All(main.Rows.GroupBy(row => row["SubjectID"]), own => Assert.Equal(
            ["File.Edit x = 1", "File.Edit x = 12|# ***", "File.Edit y", "File.Edit z = 12|# ***", "Run.Program z = 12|# ***", "File.Edit unknown", "File.Save y", "Run.Program ran", "File.Save ran"],
            own.Select(row => $"{row["EventType"]} {code[row["CodeStateID"]].Replace('\n', '|')}")));
        // Where each edit was, and what it took out: also of what is masked as a whole, a part.
        Assert.All(main.Rows.GroupBy(row => row["SubjectID"]), own => Assert.Equal(
            ["Text:1:1 -", "Text:1:6 -", "Text:1:1 -", "Text:1:1 x", " -"],
            own.Where(row => row["EventType"] == "File.Edit" && row["AssignmentID"] == "Edited.ipynb").Select(row => $"{row["SourceLocation"]} {(row["DeleteText"].Length > 0 ? row["DeleteText"] : "-")}")));
        // Five codes of each subject, and no state that no event points to.
        Assert.Equal(10, states.Rows.Count);
        Assert.Empty(states.Rows.Select(row => row["CodeStateID"]).Except(main.Rows.Select(row => row["CodeStateID"])));
        Assert.Equal(main.Rows.Single(row => row["EventType"] == "Run.Program" && row["AssignmentID"] == "Edited.ipynb" && row["SubjectID"] == main.Rows[0]["SubjectID"])["CodeStateID"], main.Rows[3]["CodeStateID"]);

        Dictionary<string, object?> Edit(int seconds, string cell, object detail) =>
            Sent.Event("CellEditEvent", at.AddSeconds(seconds), JsonSerializer.SerializeToElement(detail), "Edited.ipynb", cell);
    }

    [Fact]
    public async Task What_an_edit_took_out_is_masked_where_it_was_a_part_of_a_name()
    {
        using var course = new StudyCourse(app);
        var study = await course.CreateAsync(StudyCourse.Draft("CellEditEvent"));
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        foreach (var name in (string[])["ada", "bo"])
        {
            await course.Student(name).SendAsync(
                Sent.Event("CellEditEvent", at, new { doc = new[] { "x = 1", "# Lovelace was here" } }, "Edited.ipynb", "c1"),
                Sent.Event("CellEditEvent", at.AddSeconds(1), JsonSerializer.SerializeToElement(new { changes = new object[] { 12, new object[] { 4 }, 9 } }), "Edited.ipynb", "c1")).IngestedAsync();
            await course.ConsentAsync(name, study);
        }

        var main = Table.Of(await course.DownloadAsync(await course.ExportAsync(study, "Ada Lovelace"), "progsnap2.zip"), "MainTable.csv");
        Assert.Equal(
            ["Text:2:7 Delete 4 ****", "Text:2:7 Delete 4 ****"],
            main.Rows.Where(row => row["EditType"] == "Delete").Select(row => $"{row["SourceLocation"]} {row["EditType"]} {row["DeleteLength"]} {row["DeleteText"]}"));
    }

    [Fact]
    public async Task Link_tables_lead_back_to_the_main_table()
    {
        using var course = new StudyCourse(app);
        var zip = await ExportAsync(course);
        var main = Table.Of(zip, "MainTable.csv");
        var subjects = Table.Of(zip, "LinkTables/LinkSubject.csv");
        Assert.Equal(["SubjectID", "X-active_days"], subjects.Columns);
        Assert.Equal(main.Rows.Select(row => row["SubjectID"]).Distinct().Order(), subjects.Rows.Select(row => row["SubjectID"]).Order());
        var executions = Table.Of(zip, "LinkTables/LinkExecution.csv");
        Assert.Equal(main.Rows.Select(row => row["ExecutionID"]).Where(id => id.Length > 0).Order(), executions.Rows.Select(row => row["ExecutionID"]).Order());
        Assert.Contains(executions.Rows, row => row["X-ErrorName"] == "SyntaxError" && row["X-Traceback"].Contains("line 1", StringComparison.Ordinal) && row["X-DurationMilliseconds"] == "12");
        var events = Table.Of(zip, "LinkTables/LinkEvent.csv");
        Assert.Equal(main.Rows.Where(row => row["IsFabricatedEvent"] == "false").Select(row => row["EventID"]), events.Rows.Select(row => row["EventID"]));
    }

    [Fact]
    public async Task Parts_are_stored_with_a_fixed_time_and_the_readme_says_what_the_study_is()
    {
        using var course = new StudyCourse(app);
        using var archive = new ZipArchive(new MemoryStream(await ExportAsync(course)));
        Assert.Equal(
            ["README.md", "DatasetMetadata.csv", "MainTable.csv", "CodeStates/CodeStates.csv", "LinkTables/LinkSubject.csv", "LinkTables/LinkExecution.csv", "LinkTables/LinkEvent.csv"],
            archive.Entries.Select(entry => entry.FullName));
        Assert.All(archive.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
        using var readme = new StreamReader(archive.GetEntry("README.md")!.Open());
        Assert.StartsWith("# How beginners repair errors\n", await readme.ReadToEndAsync(), StringComparison.Ordinal);
    }

    /// <summary>A dataset with every type of event: a syntax error repaired, a session, pioneer's events, a talk with the tutor.</summary>
    private static async Task<byte[]> ExportAsync(StudyCourse course)
    {
        var now = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        var study = await course.CreateAsync(StudyCourse.Draft(Types).With("quasi_identifiers", new[] { "active_days" }));
        foreach (var name in (string[])["ada", "bo"])
        {
            var student = course.Student(name);
            foreach (var (type, at) in Sent.Pioneer.Keys.Select((type, at) => (type, at)))
            {
                await student.SendTextAsync(Sent.PioneerBody(type, now.AddSeconds(at), content: type == "CellExecuteEvent" ? Sent.WholeNotebook : null)).IngestedAsync();
            }

            await student.SendAsync(
                Sent.Event("CellExecute", now.AddMinutes(1), new { language = "python", code = "print(1", success = false, duration_ms = 12, error = new { name = "SyntaxError", value = "'(' was never closed", traceback = new[] { "  Cell In[1], line 1\n    print(1\n", "SyntaxError: '(' was never closed" } } }, "Run.ipynb", "c1").With("session", "s1"),
                Sent.Execution(now.AddMinutes(2), notebook: "Run.ipynb", code: "print(1)").With("session", "s1"),
                Sent.Event("TutorQuestion", now.AddMinutes(3), new { conversation = Guid.NewGuid(), text_length = 12, about_error = true, @class = "instrumental" }, "Run.ipynb"),
                Sent.Event("TutorAnswer", now.AddMinutes(4), new { conversation = Guid.NewGuid(), model = "lyceum-hints", outcome = "done" }, "Run.ipynb"),
                Sent.Event("TutorFeedback", now.AddMinutes(5), new { rating = "up" }, "Run.ipynb")).IngestedAsync();
            await course.ConsentAsync(name, study);
        }

        return await course.DownloadAsync(await course.ExportAsync(study), "progsnap2.zip");
    }

    private static bool IsOf(ProgSnapSpecification specification, (string Name, string Requirement, string Datatype) column, string value) => column.Datatype switch
    {
        "Integer" => long.TryParse(value, CultureInfo.InvariantCulture, out _),
        "Real" => double.TryParse(value, CultureInfo.InvariantCulture, out _),
        "Boolean" => value is "true" or "false",
        "Timestamp" => DateTimeOffset.TryParseExact(value, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        "Enum" => value.StartsWith("X-", StringComparison.Ordinal) || specification.ValuesOf(column.Name) is not { } values || values.Contains(value),
        _ => true,
    };
}
