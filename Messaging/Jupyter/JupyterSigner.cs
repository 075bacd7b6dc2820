using System.Security.Cryptography;
using System.Text;

namespace Lyceum.Messaging;

/// <summary>Signs and verifies messages with a kernel's key (hmac-sha256, hexadecimal). Safe to share between threads.</summary>
public sealed class JupyterSigner : IDisposable
{
    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 2 * SHA256.HashSizeInBytes;

    private readonly IncrementalHash? _hash;
    private readonly Lock _gate = new();

    /// <summary>Makes a signer; with an empty key messages go unsigned and unverified.</summary>
    public JupyterSigner(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _hash = key.Length > 0 ? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key)) : null;
    }

    /// <summary>The signature frame of the four parts; empty without a key.</summary>
    public byte[] Sign(
        ReadOnlySpan<byte> header, ReadOnlySpan<byte> parentHeader, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> content)
    {
        if (_hash is null)
        {
            return [];
        }

        Span<byte> mac = stackalloc byte[SHA256.HashSizeInBytes];
        Compute(mac, header, parentHeader, metadata, content);
        byte[] signature = new byte[SignatureLength];
        _ = Convert.TryToHexStringLower(mac, signature, out _);
        return signature;
    }

    /// <summary>Whether the signature is that of the four parts; takes the same time wherever it differs.</summary>
    public bool Verify(
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> header,
        ReadOnlySpan<byte> parentHeader,
        ReadOnlySpan<byte> metadata,
        ReadOnlySpan<byte> content)
    {
        if (_hash is null)
        {
            return true;
        }

        Span<byte> mac = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[SignatureLength];
        Compute(mac, header, parentHeader, metadata, content);
        _ = Convert.TryToHexStringLower(mac, expected, out _);
        return CryptographicOperations.FixedTimeEquals(signature, expected);
    }

    /// <inheritdoc />
    public void Dispose() => _hash?.Dispose();

    private void Compute(
        Span<byte> mac, ReadOnlySpan<byte> header, ReadOnlySpan<byte> parentHeader, ReadOnlySpan<byte> metadata, ReadOnlySpan<byte> content)
    {
        lock (_gate)
        {
            _hash!.AppendData(header);
            _hash.AppendData(parentHeader);
            _hash.AppendData(metadata);
            _hash.AppendData(content);
            _ = _hash.GetHashAndReset(mac);
        }
    }
}
