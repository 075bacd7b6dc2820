using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Erasures;

/// <summary>Proves erasures: a hash of what is said of one and of the proof before it, signed under a key derived from the suite's identity key.</summary>
internal sealed class ErasureProofs(IOptions<IdentityOptions> identity)
{
    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(identity.Value.Key), 32, info: "lyceum/erasure proofs"u8.ToArray());

    /// <summary>What is kept of whom an erasure was about.</summary>
    public static string SubjectHashOf(string learner) => Hex(SHA256.HashData(Encoding.UTF8.GetBytes("lyceum/erasure/" + learner)));

    public static string ProofOf(ProvenErasure erasure) => Hex(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(erasure, ErasureJson.Default.ProvenErasure)));

    public string SignatureOf(string proof) => Hex(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(proof)));

    /// <summary>Whether proof and signature are the erasure's.</summary>
    public bool IsIntact(ProvenErasure erasure, string proof, string signature) =>
        ProofOf(erasure) == proof && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SignatureOf(proof)), Encoding.ASCII.GetBytes(signature));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
