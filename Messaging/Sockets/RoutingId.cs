namespace Lyceum.Messaging;

/// <summary>Bytes that compare by value.</summary>
internal readonly struct RoutingId(ReadOnlyMemory<byte> bytes) : IEquatable<RoutingId>
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public bool Equals(RoutingId other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override bool Equals(object? obj) => obj is RoutingId other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }
}
