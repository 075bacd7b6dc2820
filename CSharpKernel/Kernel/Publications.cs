using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>
/// All that goes out on iopub, in the order in which it was posted. Text that is written in small pieces is joined to
/// fewer messages, but never waits longer than <see cref="Window"/>. Who posts faster than clients read waits.
/// </summary>
internal sealed class Publications(PublisherSocket socket, Wire wire)
{
    private const int MaxText = 64 * 1024;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(1024) { SingleReader = true });

    public void Post<T>(Request? parent, string type, T content, JsonTypeInfo<T> shape, CancellationToken cancellationToken = default) =>
        Enqueue(new Item(parent, type, JsonSerializer.SerializeToUtf8Bytes(content, shape)), cancellationToken);

    /// <param name="parent">Whose output it is.</param>
    /// <param name="name"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public void PostText(Request parent, string name, string text, CancellationToken cancellationToken) =>
        Enqueue(new Item(parent, name, Text: text), cancellationToken);

    /// <summary>Ends when all that was posted before has been handed to the socket.</summary>
    public Task FlushAsync()
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(new Item(null, "", Flushed: flushed), CancellationToken.None);
        return flushed.Task;
    }

    public async Task RunAsync()
    {
        await foreach (var item in _items.Reader.ReadAllAsync())
        {
            if (item.Flushed is { } flushed)
            {
                flushed.SetResult();
                continue;
            }

            var content = item.Text is null
                ? item.Content
                : JsonSerializer.SerializeToUtf8Bytes(new StreamContent(item.Type, await JoinAsync(item)), ReplyJson.Default.StreamContent);
            await socket.SendAsync(wire.Publish(item.Parent, item.Text is null ? item.Type : "stream", content));
        }
    }

    private void Enqueue(Item item, CancellationToken cancellationToken)
    {
        try
        {
        }
        finally
        {
            // In here an interrupt cannot abort the cell's thread and leave the queue torn; the token ends the wait instead.
            if (!_items.Writer.TryWrite(item))
            {
                _items.Writer.WriteAsync(item, cancellationToken).AsTask().GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>The text of the item and of those behind it that continue it.</summary>
    private async Task<string> JoinAsync(Item first)
    {
        var text = new StringBuilder(first.Text);
        var window = Task.Delay(Window, TimeProvider.System);
        Task<bool>? more = null;
        while (text.Length < MaxText)
        {
            if (_items.Reader.TryPeek(out var next))
            {
                if (next.Text is null || next.Type != first.Type || next.Parent != first.Parent || !_items.Reader.TryRead(out next))
                {
                    break;
                }

                text.Append(next.Text);
                more = null;
            }
            else if (window.IsCompleted)
            {
                break;
            }
            else
            {
                await Task.WhenAny(more ??= _items.Reader.WaitToReadAsync().AsTask(), window);
            }
        }

        return text.ToString();
    }

    private sealed record Item(
        Request? Parent, string Type, byte[]? Content = null, string? Text = null, TaskCompletionSource? Flushed = null);
}
