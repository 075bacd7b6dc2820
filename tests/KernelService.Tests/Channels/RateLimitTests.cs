namespace Lyceum.KernelService.Tests.Channels;

public sealed class RateLimitTests
{
    public sealed class FewMessages : KernelServiceFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Channels:IopubMessageRateLimit", "10")];
    }

    public sealed class FewBytes : KernelServiceFixture
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Channels:IopubDataRateLimit", "100000")];
    }

    public sealed class OfMessages(FewMessages service) : IClassFixture<FewMessages>
    {
        [Fact]
        public async Task Outputs_over_the_message_rate_are_dropped_with_Jupyters_warning_and_the_next_cell_has_its_own()
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            var kernel = await rest.StartKernelAsync();
            await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

            // Displays, for ipykernel may join prints; 10 a second over 3 seconds are 30.
            var messages = await client.RunAsync("from IPython.display import display\nfor i in range(200): display({'text/plain': str(i)}, raw=True)");

            var displays = messages.Where(message => message.Type == "display_data").ToArray();
            Assert.Equal(30, displays.Length);
            var warning = Assert.Single(messages, message => message.Type == "stream");
            Assert.Equal("stderr", warning.Text("name"));
            Assert.Contains("IOPub message rate exceeded.\nThe Jupyter server will temporarily stop sending output\n", warning.Text("text"), StringComparison.Ordinal);
            Assert.Contains("Channels:IopubMessageRateLimit=10.0 (msgs/sec)\nChannels:RateWindow=3.0 (secs)", warning.Text("text"), StringComparison.Ordinal);
            Assert.Contains(await client.RunAsync("print('next', flush=True)"), message => message.Type == "stream" && message.Text("text") == "next\n");
            await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        }
    }

    public sealed class OfBytes(FewBytes service) : IClassFixture<FewBytes>
    {
        [Fact]
        public async Task Streams_over_the_data_rate_are_dropped_with_Jupyters_warning_and_images_do_not_count()
        {
            using var rest = service.ClientOf(KernelServiceFixture.Sam);
            var kernel = await rest.StartKernelAsync();
            await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

            var image = await client.RunAsync("from IPython.display import display\ndisplay({'text/plain': 'x' * 1_000_000}, raw=True)");
            var text = await client.RunAsync("for i in range(20): print('x' * 100_000, flush=True)");

            Assert.DoesNotContain(image, message => message.Type == "stream");
            var streams = text.Where(message => message.Type == "stream").ToArray();
            Assert.InRange(streams.Where(message => message.Text("name") == "stdout").Sum(message => message.Text("text").Length), 0, 300_000);
            Assert.Contains("IOPub data rate exceeded.", Assert.Single(streams, message => message.Text("name") == "stderr").Text("text"), StringComparison.Ordinal);
            await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
        }
    }
}
