using System.Globalization;
using System.Web;
using Lyceum.ClassSimulation;

const int MaxSeconds = 3600;
var watches = args.Contains("--watch");
args = [.. args.Where(one => one != "--watch")];
if (args is not [var address, ..] || !Uri.TryCreate(address, UriKind.Absolute, out var page) || HttpUtility.ParseQueryString(page.Query)["token"] is not { } token)
{
    Console.Error.WriteLine("Give the address with the token that AppHost printed, then how many students (500) and for how many seconds (120); --watch to look at the class view in Chromium meanwhile.");
    return 2;
}

var students = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 500;
var seconds = Math.Clamp(args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 120, 1, MaxSeconds);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var gateway = new Uri(page.GetLeftPart(UriPartial.Authority));
using var simulated = new SimulatedClass(gateway, token, students);
await simulated.EnrolAsync(stop.Token);
Console.WriteLine($"{students} students are at work for {seconds} s; look at {page.GetLeftPart(UriPartial.Authority)}/class");
var length = TimeSpan.FromSeconds(seconds);
if (watches)
{
    var result = await ClassWatch.RunAsync(simulated, gateway, token, students, length, stop.Token);
    Console.WriteLine(result);
    return 0;
}

var outcome = await simulated.RunAsync(length, haste: 1, TimeProvider.System, stop.Token);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{outcome.Events} events in {outcome.Requests} requests, p50 {outcome.P50:F1} ms, p99 {outcome.P99:F1} ms, {outcome.Refused} refused"));
return 0;
