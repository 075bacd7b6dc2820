using System.Net.WebSockets;

namespace Lyceum.KernelService.Tests.Channels;

public sealed class FuzzTests(KernelServiceFixture service) : IClassFixture<KernelServiceFixture>
{
    private const int Rounds = 200;

    // Six offsets and how many there are.
    private const int TableBytes = 7 * sizeof(long);

    [Fact]
    public async Task Random_messages_break_at_most_the_connection_they_come_on()
    {
        var random = new Random(22);
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync();
        await using var sound = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);
        for (var i = 0; i < Rounds; i++)
        {
            await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam, i % 2 == 0 ? NotebookClient.V1 : null);
            await client.SendRawAsync(Nonsense(random, i % 4), i % 3 == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
            client.Drop();
        }

        Assert.Contains(await sound.RunAsync("6 * 7"), message => message.Type == "execute_result");
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    private static byte[] Nonsense(Random random, int kind)
    {
        var bytes = new byte[random.Next(0, 300)];
        random.NextBytes(bytes);
        var frame = NotebookClient.FrameV1(["shell"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray()]);
        switch (kind)
        {
            case 0:
                // A sound frame but for one byte of its table.
                frame[random.Next(TableBytes)] ^= (byte)random.Next(1, 256);
                return frame;
            case 1:
                return frame[..random.Next(frame.Length)];
            case 2:
                return [.. "{\"header\":"u8, .. bytes];
            default:
                return bytes;
        }
    }
}
