using System.Globalization;
using System.Text;

namespace Lyceum.TelemetryBench;

/// <summary>Events as a class sends them: mostly edits and scrolls, some executions, some of them failed; 430 bytes in the mean.</summary>
internal static class SampleEvents
{
    private const string Edit = """{"index":3,"changes":[120,[0,"df.groupby('age').mean()"],48],"type":"code"}""";
    private const string Success = """{"language":"python","code":"import pandas as pd\ndf = pd.read_csv('people.csv')\ndf.head()","success":true,"duration_ms":12}""";
    private const string Failure =
        """{"language":"python","code":"df.groupby('agee').mean()","success":false,"duration_ms":31,"error":{"name":"KeyError","value":"'agee'","traceback":["Traceback (most recent call last)","Cell In[3], line 1","----> 1 df.groupby('agee').mean()","KeyError: 'agee'"]}}""";

    /// <summary>The kinds, as often as they come.</summary>
    public static readonly IReadOnlyList<(string Type, bool? Success, string Detail)> Kinds =
    [
        ("CellEditEvent", null, Edit), ("CellEditEvent", null, Edit), ("CellEditEvent", null, Edit), ("CellEditEvent", null, Edit),
        ("NotebookScrollEvent", null, """{"cells":[{"id":"a1","index":3,"type":"code"},{"id":"a2","index":4,"type":"markdown"}]}"""),
        ("ActiveCellChangeEvent", null, """{"cells":[{"id":"a1","index":3,"type":"code"}]}"""),
        ("CellExecute", true, Success), ("CellExecute", true, Success), ("CellExecute", false, Failure), ("TutorQuestion", null, """{"text_length":80,"about_error":true}"""),
    ];

    /// <summary>The body of a request with so many new events.</summary>
    public static byte[] Batch(int events, int learner)
    {
        var body = new StringBuilder("{\"events\":[");
        var time = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
        for (var i = 0; i < events; i++)
        {
            var (type, _, detail) = Kinds[(learner + i) % Kinds.Count];
            body.Append(i == 0 ? "" : ",").Append("{\"id\":\"").Append(Guid.CreateVersion7()).Append("\",\"time\":\"").Append(time)
                .Append("\",\"type\":\"").Append(type).Append("\",\"course\":\"bench\",\"learner\":\"learner-").Append(learner % 500)
                .Append("\",\"notebook\":\"Task.ipynb\",\"cell\":\"a").Append(i % 12).Append("\",\"session\":\"6f0c\",\"detail\":").Append(detail).Append('}');
        }

        return Encoding.UTF8.GetBytes(body.Append("]}").ToString());
    }
}
