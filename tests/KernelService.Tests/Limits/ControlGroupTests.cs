using System.Globalization;

namespace Lyceum.KernelService.Tests.Limits;

public sealed class ControlGroupTests
{
    [RealControlGroupFact]
    public async Task What_left_its_kernels_process_group_and_environment_still_ends_with_its_control_group()
    {
        using var group = RealControlGroup.TryMake()!;
        var limits = new List<(string Controller, string File, string Value, (string Key, string Value) Setting)>
        {
            ("memory", "memory.max", "1073741824", ("Kernels:Limits:MemoryBytes", "1073741824")),
            ("cpu", "cpu.max", "150000 100000", ("Kernels:Limits:Cpus", "1.5")),
            ("pids", "pids.max", "200", ("Kernels:Limits:Processes", "200")),
        }.FindAll(limit => group.Controllers.Contains(limit.Controller));
        await using (var service = await ServiceProcess.StartAsync([("Kernels:Limits:Cgroup", group.Path), ("WarmKernels:Size", "0"), .. limits.Select(limit => limit.Setting)]))
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            var kernel = await rest.StartKernelAsync();
            var own = Path.Combine(group.Path, $"kernel-{kernel}");
            int escaped;
            await using (var client = await NotebookClient.ConnectAsync(service.Address, kernel, KernelServiceFixture.Sam))
            {
                var messages = await client.RunAsync(
                    "import subprocess\nprint(subprocess.Popen(['sleep', '600'], env={'PATH': '/usr/bin:/bin'}, start_new_session=True).pid, flush=True)");
                escaped = int.Parse(messages.First(message => message.Type == "stream").Text("text"), CultureInfo.InvariantCulture);
            }

            Assert.All(limits, limit => Assert.Equal(limit.Value, File.ReadAllText(Path.Combine(own, limit.File)).TrimEnd()));
            Assert.Contains($"{escaped}", await File.ReadAllLinesAsync(Path.Combine(own, "cgroup.procs")));
            Assert.EndsWith($"/kernel-{kernel}", (await File.ReadAllTextAsync($"/proc/{escaped}/cgroup")).Split('\n').Single(line => line.StartsWith("0::", StringComparison.Ordinal)), StringComparison.Ordinal);

            using var deleted = await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
            using var limit = NotebookClient.Limit(60);
            while (Directory.Exists(own) || Directory.Exists($"/proc/{escaped}"))
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
