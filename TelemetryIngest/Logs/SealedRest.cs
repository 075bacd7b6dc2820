using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Logs;

/// <summary>Seals what may hold secrets before it reaches a disk: AES-256-GCM under a key derived from the suite's identity key.</summary>
internal sealed class SealedRest(IOptions<IdentityOptions> identity)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(identity.Value.Key), 32, info: "lyceum/logs"u8.ToArray());

    public byte[] Seal(LogName log, ReadOnlySpan<byte> rest)
    {
        var all = new byte[NonceSize + TagSize + rest.Length];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Encrypt(all.AsSpan(0, NonceSize), rest, all.AsSpan(NonceSize + TagSize), all.AsSpan(NonceSize, TagSize), Named(log));
        return all;
    }

    /// <summary>What was sealed; nothing when it was sealed under another key, which a new installation over old data has.</summary>
    public byte[] Open(LogName log, ReadOnlySpan<byte> all)
    {
        var rest = new byte[all.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(_key, TagSize);
        try
        {
            cipher.Decrypt(all[..NonceSize], all[(NonceSize + TagSize)..], all[NonceSize..(NonceSize + TagSize)], rest, Named(log));
            return rest;
        }
        catch (AuthenticationTagMismatchException)
        {
            return [];
        }
    }

    private static byte[] Named(LogName log) => Encoding.UTF8.GetBytes($"{log.Course}\n{log.Sender}\n{log.Name}");
}
