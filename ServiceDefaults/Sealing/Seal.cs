using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ServiceDefaults.Sealing;

/// <summary>
/// Seals what may hold secrets before it reaches a disk: AES-256-GCM under a key derived from the suite's identity key, for one
/// purpose. What was sealed for one purpose or label does not open for another.
/// </summary>
public sealed class Seal
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly byte[] _key;

    /// <summary>A seal for one purpose.</summary>
    public Seal(IOptions<IdentityOptions> identity, string purpose)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(identity.Value.Key), 32, info: Encoding.UTF8.GetBytes("lyceum/seal/" + purpose));
    }

    /// <summary>Seals bytes; the label is not kept, but has to be known to open them.</summary>
    public byte[] Close(string label, ReadOnlySpan<byte> plain)
    {
        var all = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Encrypt(all.AsSpan(0, NonceSize), plain, all.AsSpan(NonceSize + TagSize), all.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(label));
        return all;
    }

    /// <summary>What was sealed; null when it is damaged, or was sealed under another key or label.</summary>
    public byte[]? Open(string label, ReadOnlySpan<byte> all)
    {
        if (all.Length < NonceSize + TagSize)
        {
            return null;
        }

        var plain = new byte[all.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(_key, TagSize);
        try
        {
            cipher.Decrypt(all[..NonceSize], all[(NonceSize + TagSize)..], all[NonceSize..(NonceSize + TagSize)], plain, Encoding.UTF8.GetBytes(label));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
