using System.Collections.Immutable;

namespace Lyceum.Messaging;

/// <summary>What one subscriber asked for; read by senders while its connection changes it.</summary>
internal sealed class Subscriptions
{
    private const int MaxTopics = 4096;

    private ImmutableArray<byte[]> _topics = [];

    /// <summary>Takes a subscription message: 1 or 0, then the topic. False if it is none or one too many.</summary>
    public bool Apply(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty || message[0] > 1)
        {
            return false;
        }

        byte[] topic = message[1..].ToArray();
        if (message[0] == 1)
        {
            if (_topics.Length >= MaxTopics)
            {
                return false;
            }

            _topics = _topics.Add(topic);
            return true;
        }

        int index = _topics.ToList().FindIndex(known => known.AsSpan().SequenceEqual(topic));
        if (index >= 0)
        {
            _topics = _topics.RemoveAt(index);
        }

        return true;
    }

    public bool Match(ReadOnlySpan<byte> topic)
    {
        foreach (byte[] wanted in _topics)
        {
            if (topic.StartsWith(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
