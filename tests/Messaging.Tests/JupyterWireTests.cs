using System.Diagnostics;
using System.Text;

namespace Lyceum.Messaging.Tests;

public sealed class JupyterWireTests
{
    [Fact]
    public void A_message_survives_its_frames_byte_for_byte()
    {
        using var signer = new JupyterSigner("a key");
        var sent = new JupyterMessage
        {
            Identities = [Encoding.UTF8.GetBytes("ann"), Encoding.UTF8.GetBytes("<x>")],
            Header = Encoding.UTF8.GetBytes("""{ "msg_id" :"1", "msg_type":"comm_msg" }"""),
            Content = Encoding.UTF8.GetBytes("""{"b":1, "a" : 2}"""),
            Buffers = [new byte[] { 1, 2 }, Array.Empty<byte>()],
        };

        Assert.True(JupyterMessage.TryDecode(sent.Encode(signer), signer, out JupyterMessage got, out JupyterWireError error));
        Assert.Equal(JupyterWireError.None, error);
        Assert.Equal(["ann", "<x>"], got.Identities.Select(identity => Encoding.UTF8.GetString(identity.Span)));
        Assert.Equal("""{ "msg_id" :"1", "msg_type":"comm_msg" }""", Encoding.UTF8.GetString(got.Header.Span));
        Assert.Equal("{}", Encoding.UTF8.GetString(got.ParentHeader.Span));
        Assert.Equal("""{"b":1, "a" : 2}""", Encoding.UTF8.GetString(got.Content.Span));
        Assert.Equal([2, 0], got.Buffers.Select(buffer => buffer.Length));
    }

    [Fact]
    public void A_signature_agrees_with_jupyter_client()
    {
        using var signer = new JupyterSigner("b3-key");
        byte[] ours = signer.Sign("{\"a\":1}"u8, "{}"u8, "{\"m\":[]}"u8, "{\"c\":\"\\u00fc\"}"u8);
        const string script =
            """
            import jupyter_client.session as s
            session = s.Session(key=b'b3-key', signature_scheme='hmac-sha256')
            print(session.sign([b'{"a":1}', b'{}', b'{"m":[]}', b'{"c":"\\u00fc"}']).decode())
            """;
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3") { ArgumentList = { "-c", script }, RedirectStandardOutput = true })!;

        Assert.Equal(python.StandardOutput.ReadToEnd().Trim(), Encoding.ASCII.GetString(ours));
    }

    [Fact]
    public void A_forged_message_is_refused()
    {
        using var signer = new JupyterSigner("a key");
        using var forger = new JupyterSigner("another");
        var message = new JupyterMessage { Header = Encoding.UTF8.GetBytes("{}") };

        Assert.False(JupyterMessage.TryDecode(message.Encode(forger), signer, out _, out JupyterWireError error));
        Assert.Equal(JupyterWireError.BadSignature, error);
    }

    [Fact]
    public void Frames_that_are_no_message_are_refused()
    {
        using var signer = new JupyterSigner("");
        Assert.False(JupyterMessage.TryDecode(Limit.Message("a", "b"), signer, out _, out JupyterWireError error));
        Assert.Equal(JupyterWireError.NoDelimiter, error);
        Assert.False(JupyterMessage.TryDecode(Limit.Message("<IDS|MSG>", "", "{}", "{}", "{}"), signer, out _, out error));
        Assert.Equal(JupyterWireError.TooFewFrames, error);
    }

    [Fact]
    public async Task A_connection_file_is_read_back_and_belongs_to_its_owner_alone()
    {
        string path = Path.Combine(Path.GetTempPath(), $"lyceum-{Guid.NewGuid():N}.json");
        var file = new ConnectionFile
        {
            Ip = "127.0.0.1", Key = "k", ShellPort = 1, IopubPort = 2, StdinPort = 3, ControlPort = 4, HbPort = 5, KernelName = "python3",
        };
        await File.WriteAllTextAsync(path, "readable by all before");
        await file.WriteAsync(path);

        Assert.Equal(file, await ConnectionFile.ReadAsync(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Contains("\"signature_scheme\": \"hmac-sha256\"", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        Assert.Equal("tcp://127.0.0.1:4", file.EndpointOf(KernelChannel.Control));
        Assert.Equal("ipc:///tmp/k-5", (file with { Transport = "ipc", Ip = "/tmp/k" }).EndpointOf(KernelChannel.Heartbeat));
        File.Delete(path);
    }

    [Fact]
    public async Task What_a_connection_file_leaves_out_has_its_default()
    {
        string path = Path.Combine(Path.GetTempPath(), $"lyceum-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(path, """{"ip":"127.0.0.1","shell_port":1,"iopub_port":1,"stdin_port":1,"control_port":1,"hb_port":1}""");

        ConnectionFile file = await ConnectionFile.ReadAsync(path);
        Assert.Equal(("tcp", "", "hmac-sha256"), (file.Transport, file.Key, file.SignatureScheme));
        File.Delete(path);
    }

    [Theory]
    [InlineData("""{"ip":"127.0.0.1"}""")]
    [InlineData("not json")]
    [InlineData("""{"ip":"x","transport":"udp","shell_port":1,"iopub_port":1,"stdin_port":1,"control_port":1,"hb_port":1}""")]
    public async Task A_file_that_is_no_connection_file_is_refused_by_name(string text)
    {
        string path = Path.Combine(Path.GetTempPath(), $"lyceum-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(path, text);

        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => ConnectionFile.ReadAsync(path));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public async Task A_file_that_a_kernel_has_made_far_larger_than_a_connection_file_is_not_read()
    {
        string path = Path.Combine(Path.GetTempPath(), $"lyceum-{Guid.NewGuid():N}.json");
        await new ConnectionFile { Ip = "127.0.0.1", ShellPort = 1, IopubPort = 2, StdinPort = 3, ControlPort = 4, HbPort = 5 }.WriteAsync(path);
        await File.AppendAllTextAsync(path, new string(' ', 64 * 1024));

        await Assert.ThrowsAsync<InvalidDataException>(() => ConnectionFile.ReadAsync(path));
        File.Delete(path);
    }

    [Theory]
    [InlineData("""{"msg_type":"status","msg_id":"1","username":null,"extra":[1]}""", true)]
    [InlineData("""{"msg_id":"1"}""", false)]
    [InlineData("[]", false)]
    [InlineData("{", false)]
    public void A_header_is_read_or_refused_without_an_exception(string json, bool valid)
    {
        Assert.Equal(valid, JupyterHeader.TryParse(Encoding.UTF8.GetBytes(json), out JupyterHeader header));
        Assert.Equal("", header.Username);
    }
}
