using System.Globalization;
using System.Text;
using Lyceum.ModelHost.Tests.Scheduling;

namespace Lyceum.ModelHostBench;

/// <summary>The simulated class as a picture: each course's part of each minute's tokens, and how long interactive requests waited.</summary>
internal static class SharesPlot
{
    private const int Width = 860;
    private const int Height = 520;
    private const int Left = 70;
    private const int PlotWidth = 640;
    private const int PlotHeight = 180;
    private const int Minutes = 20;
    private static readonly string[] Colours = ["#c0392b", "#2471a3", "#1e8449", "#b9770e", "#6c3483"];

    public static (string Svg, double LeastShare, double LongestWait) Draw()
    {
        using var simulated = new SimulatedClass();
        simulated.Run(TimeSpan.FromMinutes(Minutes));
        double fair = 1.0 / SimulatedClass.Courses.Length;
        var shares = Enumerable.Range(1, Minutes - 1).Select(minute => simulated.Shares(minute * 60, (minute + 1) * 60)).ToArray();
        double longest = simulated.Waits.Where(wait => !wait.IsBatch).Max(wait => wait.Seconds);
        var svg = new StringBuilder();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Line($"""<rect width="{Width}" height="{Height}" fill="white"/>""");
        Axes(30, "part of the minute's tokens over the fair part", 1.5, 0.5);
        Line($"""<line x1="{Left}" x2="{Left + PlotWidth}" y1="{Y(30, 0.9, 1.5)}" y2="{Y(30, 0.9, 1.5)}" stroke="#888" stroke-dasharray="4"/><text x="{Left + PlotWidth + 6}" y="{Y(30, 0.9, 1.5) + 4}" fill="#666">0.9</text>""");
        Axes(290, "seconds that interactive requests waited, longest of the minute", 350, 50);
        for (int i = 0; i < SimulatedClass.Courses.Length; i++)
        {
            string course = SimulatedClass.Courses[i];
            Curve(Colours[i], 30, 1.5, shares.Select((share, minute) => (minute + 1.5, share[course] / fair)));
            Curve(Colours[i], 290, 350, Enumerable.Range(0, Minutes).Select(minute => (minute + 0.5, simulated.Waits
                .Where(wait => !wait.IsBatch && wait.Course == course && wait.At >= minute * 60 && wait.At < (minute + 1) * 60).Select(wait => wait.Seconds).DefaultIfEmpty().Max())));
            Line($"""<rect x="{Left + PlotWidth + 40}" y="{40 + (i * 20)}" width="12" height="12" fill="{Colours[i]}"/><text x="{Left + PlotWidth + 58}" y="{50 + (i * 20)}">{course}</text>""");
        }

        Line($"""<text x="{Left + (PlotWidth / 2)}" y="{Height - 10}" text-anchor="middle">minutes of simulated time; 200 users of 5 courses, 2 nodes of 4 places</text></svg>""");
        return (svg.ToString(), shares.Min(share => share.Values.Min()) / fair, longest);

        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

        static double X(double minute) => Left + (minute / Minutes * PlotWidth);

        static double Y(int top, double value, double most) => top + PlotHeight - (Math.Min(value, most) / most * PlotHeight);

        void Axes(int top, string title, double most, double step)
        {
            Line($"""<text x="{Left}" y="{top - 8}" font-weight="bold">{title}</text>""");
            for (double value = 0; value <= most; value += step)
            {
                Line($"""<line x1="{Left}" x2="{Left + PlotWidth}" y1="{Y(top, value, most)}" y2="{Y(top, value, most)}" stroke="#ddd"/><text x="{Left - 8}" y="{Y(top, value, most) + 4}" text-anchor="end">{value}</text>""");
            }

            for (int minute = 0; minute <= Minutes; minute += 5)
            {
                Line($"""<text x="{X(minute)}" y="{top + PlotHeight + 16}" text-anchor="middle">{minute}</text>""");
            }
        }

        void Curve(string colour, int top, double most, IEnumerable<(double Minute, double Value)> points)
        {
            string list = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Minute):F1},{Y(top, point.Value, most):F1}")));
            Line($"""<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="{list}"/>""");
        }
    }
}
