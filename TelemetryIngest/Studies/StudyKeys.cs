using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Sealing;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>Makes, keeps sealed and opens the keys of studies' pseudonyms.</summary>
internal sealed class StudyKeys(IOptions<IdentityOptions> identity)
{
    private const int Size = 32;
    private readonly Seal _seal = new(identity, "studies");

    /// <summary>A new key, sealed.</summary>
    public byte[] Make(Guid study) => _seal.Close(study.ToString(), RandomNumberGenerator.GetBytes(Size));

    /// <summary>What a new learner's pseudonyms are made of beside the key.</summary>
    public static byte[] MakeSecret() => RandomNumberGenerator.GetBytes(16);

    /// <summary>The key.</summary>
    /// <exception cref="InvalidOperationException">It was sealed under another <c>Identity:Key</c>.</exception>
    public StudyKey Open(Guid study, byte[] sealedKey) => new(_seal.Open(study.ToString(), sealedKey)
        ?? throw new InvalidOperationException("The study's key was sealed under another Identity:Key than this service has: without that one its pseudonyms cannot be made."));
}

/// <summary>
/// Turns what identifies into what does not, the same within a study and unlinkable between studies: HMAC-SHA256 under the study's
/// key, cut to 128 bits.
/// </summary>
internal sealed class StudyKey(byte[] key)
{
    /// <summary>A learner's pseudonym.</summary>
    public string Subject(string learner, byte[] secret) => Convert.ToHexStringLower(Hash($"subject/{learner}/{Convert.ToHexStringLower(secret)}"));

    /// <summary>A short name for something that is named in the open otherwise, such as a cell.</summary>
    public string Name(string kind, string value) => Convert.ToHexStringLower(Hash($"{kind}/{value}")[..8]);

    /// <summary>A UUIDv8 (RFC 9562, 5.8) in the place of an id.</summary>
    public Guid Id(string kind, string value)
    {
        var bytes = Hash($"{kind}/{value}");
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private Span<byte> Hash(string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
}
