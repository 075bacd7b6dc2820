using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Accounts;

public sealed class AccountsTests : IDisposable
{
    private static readonly CallerIdentity Sam = KernelServiceFixture.Sam;
    private static readonly CallerIdentity Mallory = TestIdentity.Student("mallory");

    private readonly AccountsMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [RootFact]
    public async Task A_users_code_reaches_neither_anothers_files_nor_its_kernels_nor_the_service()
    {
        await using var service = await _machine.StartAsync();
        using var sams = service.ClientOf(Sam);
        var kernel = await sams.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
        var theirs = Lines(await client.RunAsync(
            """
            import os, sys, ipykernel.kernelapp as app
            with open('private.txt', 'w') as file: file.write('mine')
            print(os.getpid(), app.IPKernelApp.instance().abs_connection_file, os.environ['TMPDIR'], sep='\n')
            """));
        var (process, connection, temporary) = (theirs[0], theirs[1], theirs[2]);

        using var others = service.ClientOf(Mallory);
        var other = await others.StartKernelAsync();
        await using var mallory = await NotebookClient.ConnectAsync(service.Address, other, Mallory);
        var tried = Lines(await mallory.RunAsync(
            $$"""
            import os, signal, ipykernel.kernelapp as app
            def refused(act):
                try:
                    act()
                    return False
                except PermissionError:
                    return True
            own = app.IPKernelApp.instance().abs_connection_file
            acts = {
                'its own': lambda: (open(own).read(), os.kill(os.getpid(), 0), open('/proc/self/environ').read(), os.listdir('.')),
                'workspace': lambda: os.listdir('{{_machine.WorkspaceOf(Sam)}}'),
                'file': lambda: open('{{_machine.WorkspaceOf(Sam)}}/private.txt'),
                'workspaces': lambda: os.listdir('{{_machine.Workspaces}}'),
                'accounts': lambda: os.listdir('{{_machine.Workspaces}}/.accounts'),
                'connection file': lambda: open('{{connection}}'),
                'connection files': lambda: os.listdir(os.path.dirname('{{connection}}')),
                'temporary': lambda: os.listdir('{{temporary}}'),
                'environment': lambda: open('/proc/{{process}}/environ').read(1),
                'memory': lambda: open('/proc/{{process}}/mem', 'rb').read(1),
                'kill': lambda: os.kill({{process}}, signal.SIGKILL),
                'service environment': lambda: open('/proc/{{service.Id}}/environ').read(1),
                'service memory': lambda: open('/proc/{{service.Id}}/maps').read(1),
                'service kill': lambda: os.kill({{service.Id}}, 0),
                'root': lambda: os.setuid(0),
                'shadow': lambda: open('/etc/shadow'),
            }
            print('\n'.join(name for name, act in acts.items() if not refused(act)))
            """));
        Assert.Equal(["its own"], tried);

        var rights = Lines(await mallory.RunAsync(
            "print(os.getuid(), os.getgid(), os.getgroups(), *[line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapPrm', 'CapEff', 'NoNewPrivs'))])"));
        Assert.Equal([$"{AccountsMachine.First + 1} {AccountsMachine.First + 1} [] 0000000000000000 0000000000000000 1"], rights);
        Assert.Equal(["mine"], Lines(await client.RunAsync("print(open('private.txt').read())")));
    }

    [RootFact]
    public async Task The_service_and_the_kernel_work_on_the_same_files()
    {
        await using var service = await _machine.StartAsync();
        using var rest = service.ClientOf(Sam);
        await PutAsync(rest, "lab", new { type = "directory" });
        await PutAsync(rest, "lab/Task.ipynb", new { type = "notebook", format = "json", content = new { cells = Array.Empty<object>(), metadata = new { }, nbformat = 4, nbformat_minor = 5 } });
        await PutAsync(rest, "lab/large.bin", new { type = "file", format = "base64", content = "AAAA", chunk = 1 });
        await PutAsync(rest, "lab/large.bin", new { type = "file", format = "base64", content = "AAAA", chunk = -1 });

        var kernel = await rest.StartKernelAsync(more: new JsonObject { ["path"] = "lab/Task.ipynb" });
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
        Assert.Equal(["True True 4 6 lab"], Lines(await client.RunAsync(
            """
            import json, os
            notebook = json.load(open('Task.ipynb'))
            json.dump(notebook | {'nbformat_minor': 4}, open('Task.ipynb', 'w'))
            os.mkdir('made'); open('made/by-kernel.txt', 'w').write('by the kernel')
            print(os.environ['HOME'] == os.path.dirname(os.getcwd()), os.access(os.environ['TMPDIR'], os.W_OK), notebook['nbformat'], os.path.getsize('large.bin'), os.path.basename(os.getcwd()))
            """)));

        Assert.Equal(4, (await rest.GetObjectAsync("/api/contents/lab/Task.ipynb"))["content"]!["nbformat_minor"]!.GetValue<int>());
        Assert.Equal("by the kernel", (await rest.GetObjectAsync("/api/contents/lab/made/by-kernel.txt"))["content"]!.GetValue<string>());
        Assert.Equal("by the kernel", await rest.GetStringAsync(JupyterRest.Path("/files/lab/made/by-kernel.txt")));
        await PutAsync(rest, "lab/made/by-kernel.txt", new { type = "file", format = "text", content = "by the service" });
        using var checkpoint = await rest.PostAsync(JupyterRest.Path("/api/contents/lab/made/by-kernel.txt/checkpoints"), null);
        Assert.Equal(HttpStatusCode.Created, checkpoint.StatusCode);
        using var renamed = await rest.PatchAsJsonAsync(JupyterRest.Path("/api/contents/lab/made/by-kernel.txt"), new { path = "lab/both.txt" });
        Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        Assert.Equal(["by the service", $"{AccountsMachine.First}"], Lines(await client.RunAsync(
            "print(open('both.txt').read(), len({os.stat(os.path.join(folder, name)).st_uid for folder, _, names in os.walk('..') for name in names}) == 1 and os.stat('both.txt').st_uid, sep='\\n')")));

        using var deleted = await rest.DeleteAsync(JupyterRest.Path("/api/contents/lab/both.txt"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [RootFact]
    public async Task A_link_that_a_kernel_plants_leads_the_service_nowhere()
    {
        var victim = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_machine.Workspaces)!, "victim"));
        await using var service = await _machine.StartAsync();
        using var rest = service.ClientOf(Mallory);
        await PutAsync(rest, "real", new { type = "directory" });
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Mallory);
        await client.RunAsync($"import os\nos.symlink('/etc/shadow', 'shadow.txt')\nos.symlink('{victim.FullName}', 'link')");
        foreach (var path in (string[])["/api/contents/shadow.txt", "/files/shadow.txt", "/api/contents/link"])
        {
            using var answer = await rest.GetAsync(JupyterRest.Path(path));
            await answer.AssertErrorAsync(HttpStatusCode.Forbidden);
        }

        // Also not while it is a folder at one moment and a link at the next.
        await client.ExecuteAsync(
            """
            while True:
                os.rename('real', 'aside'); os.rename('link', 'real')
                os.rename('real', 'link'); os.rename('aside', 'real')
            """);
        var succeeded = 0;
        for (var i = 0; i < 400; i++)
        {
            using var saved = await rest.PutAsJsonAsync(JupyterRest.Path($"/api/contents/real/{i}.txt"), new { type = "file", format = "text", content = "x" });
            succeeded += saved.IsSuccessStatusCode ? 1 : 0;
        }

        Assert.NotEqual(0, succeeded);
        Assert.Empty(victim.GetFileSystemInfos());
    }

    [RootFact]
    public async Task An_account_stays_its_users_and_is_never_anothers()
    {
        string first;
        await using (var service = await _machine.StartAsync())
        {
            first = await AccountOfAsync(service, Sam);
            }

        await using var next = await _machine.StartAsync();
        await using var replica = await _machine.StartAsync();
        Assert.NotEqual(first, await AccountOfAsync(next, Mallory));
        Assert.Equal(first, await AccountOfAsync(replica, Sam));
        Assert.Equal(await AccountOfAsync(next, Mallory), await AccountOfAsync(replica, Mallory));
    }

    [RootFact]
    public async Task A_user_for_whom_no_account_is_left_is_told_so()
    {
        await using var service = await _machine.StartAsync(("Kernels:Accounts:Count", "1"));
        using var rest = service.ClientOf(Sam);
        await PutAsync(rest, "first.txt", new { type = "file", format = "text", content = "x" });

        using var late = service.ClientOf(Mallory);
        using var refused = await late.GetAsync(JupyterRest.Path("/api/contents"));
        Assert.Contains("Kernels:Accounts:Count", await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using var kernel = await late.PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new { name = "python3" });
        Assert.Contains("Kernels:Accounts:Count", await kernel.AssertErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Kernels_are_interrupted_and_go_back_and_end_with_all_that_they_started()
    {
        await using var service = await _machine.StartAsync();
        using var rest = service.ClientOf(Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
        var loop = await client.ExecuteAsync("print('in', flush=True)\nwhile True: pass");
        await client.UntilAsync(message => message.Type == "stream");
        using var interrupted = await rest.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/interrupt"), null);
        Assert.Contains(await client.CollectAsync(loop), message => message.Type == "error" && message.Text("ename") == "KeyboardInterrupt");

        await client.RunAsync("x = 41");
        await client.AssistantAsync("add_checkpoint_request");
        await client.RunAsync("x = 0");
        await client.AssistantAsync("rollback_request");
        var said = Lines(await client.RunAsync("import subprocess\nprint(x, subprocess.Popen(['sleep', '600'], start_new_session=True).pid)"))[0].Split();
        Assert.Equal("41", said[0]);

        using var process = Process.GetProcessById(int.Parse(said[1], CultureInfo.InvariantCulture));
        using var deleted = await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var limit = NotebookClient.Limit();
        await process.WaitForExitAsync(limit.Token);
    }

    [RootFact]
    public async Task A_kernel_with_an_account_outlives_the_service()
    {
        (string, string?)[] outliving = [("Kernels:Outliving:Enabled", "true"), ("Kernels:Outliving:Folder", _machine.Kept)];
        string kernel;
        await using (var service = await _machine.StartAsync(outliving))
        {
            using var rest = service.ClientOf(Sam);
            kernel = await rest.StartKernelAsync("csharp");
            await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
            await client.RunAsync("var x = 41; System.IO.File.WriteAllText(System.IO.Path.GetTempFileName(), \"left\");");
            await service.KillAsync();
        }

        var temporary = Path.Combine(_machine.Kept, $"{AccountsMachine.First}");
        await using var next = await _machine.StartAsync(outliving);
        Assert.NotEmpty(Directory.GetFiles(temporary));
        using var again = next.ClientOf(Sam);
        await using (var client = await NotebookClient.ConnectAsync(next.Address, kernel, Sam))
        {
            Assert.Equal([$"42 {AccountsMachine.First}"], Lines(await client.RunAsync("Console.WriteLine($\"{x + 1} {System.IO.File.ReadAllLines(\"/proc/self/status\").First(line => line.StartsWith(\"Uid\")).Split('\\t')[1]}\");")));
        }

        using var restarted = await again.PostAsync(JupyterRest.Path($"/api/kernels/{kernel}/restart"), null);
        Assert.Equal(HttpStatusCode.OK, restarted.StatusCode);
        await again.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        await next.StopAsync();
        await using var last = await _machine.StartAsync(outliving);
        Assert.False(Directory.Exists(temporary));
    }

    [RootFact]
    public async Task A_kernel_of_R_has_its_users_account_too()
    {
        await using var service = await _machine.StartAsync();
        using var rest = service.ClientOf(Sam);
        var kernel = await rest.StartKernelAsync("ir");
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
        Assert.Equal([$"{AccountsMachine.First} {_machine.WorkspaceOf(Sam)}"], Lines(await client.RunAsync("cat(system('id -u', intern = TRUE), getwd())")));
    }

    [RootFact]
    public async Task What_was_there_before_accounts_becomes_its_users_but_not_what_has_another_name_elsewhere()
    {
        var workspace = Directory.CreateDirectory(_machine.WorkspaceOf(Sam)).FullName;
        await File.WriteAllTextAsync(Path.Combine(workspace, "old.txt"), "old");
        var nested = Directory.CreateDirectory(Path.Combine(workspace, "a", "b")).FullName;
        await File.WriteAllTextAsync(Path.Combine(nested, "deep.txt"), "deep");
        var outside = Directory.CreateDirectory(Path.Combine(_machine.Workspaces, "outside")).FullName;
        File.CreateSymbolicLink(Path.Combine(nested, "out"), outside);
        var anothers = Path.Combine(_machine.Workspaces, "anothers.txt");
        await File.WriteAllTextAsync(anothers, "another's");
        File.SetUnixFileMode(anothers, UnixFileMode.UserRead);
        using (var link = Process.Start("ln", [anothers, Path.Combine(workspace, "linked.txt")]))
        {
            await link.WaitForExitAsync();
        }

        await using var service = await _machine.StartAsync();
        using var rest = service.ClientOf(Sam);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
        Assert.Equal(["True True False 0"], Lines(await client.RunAsync(
            """
            import os
            open('old.txt', 'a').write('er')
            print(*[os.access(name, os.R_OK) for name in ('old.txt', 'a/b/deep.txt', 'linked.txt')], os.stat('a/b/out').st_uid)
            """)));
        Assert.Equal("older", (await rest.GetObjectAsync("/api/contents/old.txt"))["content"]!.GetValue<string>());
    }

    [RootFact]
    public async Task A_courses_folder_is_written_by_instructors_and_read_by_kernels()
    {
        var ines = TestIdentity.Instructor("ines", "statistics");
        await using var service = await _machine.StartAsync();
        using var teaching = service.ClientOf(ines);
        await PutAsync(teaching, "own.txt", new { type = "file", format = "text", content = "data" });
        using var copied = await teaching.PostAsJsonAsync(JupyterRest.Path("/api/contents/course"), new { copy_from = "own.txt" });
        Assert.Equal(HttpStatusCode.Created, copied.StatusCode);

        using var learning = service.ClientOf(TestIdentity.Student("sam", "statistics"));
        using var own = await learning.PostAsJsonAsync(JupyterRest.Path("/api/contents/"), new { copy_from = "course/own.txt" });
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);
        var kernel = await learning.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, Sam);
        Assert.Equal(["data data False"], Lines(await client.RunAsync(
            $"import os\nshared = '{_machine.Courses}/statistics/own.txt'\nprint(open('own.txt').read(), open(shared).read(), os.access(shared, os.W_OK))")));
    }

    [RootFact]
    public async Task Without_what_accounts_need_the_service_does_not_start_and_says_what_that_is()
    {
        var (code, said) = await _machine.FailAsync(without: "setuid");
        Assert.NotEqual(0, code);
        Assert.Contains("the service lacks CAP_SETUID:", said, StringComparison.Ordinal);

        (code, said) = await _machine.FailAsync(without: null, ("Kernels:Transport", "tcp"));
        Assert.NotEqual(0, code);
        Assert.Contains("set Kernels:Transport=ipc", said, StringComparison.Ordinal);

        (code, said) = await _machine.FailAsync(without: null, ("Kernels:Accounts:First", "0"));
        Assert.NotEqual(0, code);
        Assert.Contains("Kernels:Accounts:First is 0", said, StringComparison.Ordinal);
    }

    private static async Task<string> AccountOfAsync(ServiceProcess service, CallerIdentity caller)
    {
        using var rest = service.ClientOf(caller);
        var kernel = await rest.StartKernelAsync();
        await using var client = await NotebookClient.ConnectAsync(service.Address, kernel, caller);
        return Lines(await client.RunAsync("import os\nprint(os.getuid())"))[0];
    }

    private static async Task PutAsync(HttpClient rest, string path, object body)
    {
        using var answer = await rest.PutAsJsonAsync(JupyterRest.Path($"/api/contents/{path}"), body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string[] Lines(IEnumerable<Received> messages) =>
        string.Concat(messages.Where(message => message.Type is "stream" or "error").Select(message => message.Type == "error" ? message.Text("evalue") : message.Text("text")))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
