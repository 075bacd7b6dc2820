using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lyceum.ChatService.Experiments;

/// <summary>
/// Draws by hash, so that the same learner always gets the same and anybody can compute it again: the first eight bytes, big-endian,
/// of SHA-256 over the text, as a fraction of 2^64.
/// </summary>
internal static class Draw
{
    public const int Buckets = 1000;

    /// <summary>Which of a layer's buckets a learner is in: SHA-256 of <c>layer/{course}/{layer}/{learner}</c>.</summary>
    public static int Bucket(string course, string layer, string learner) => (int)(Fraction($"layer/{course}/{layer}/{learner}") * Buckets);

    /// <summary>A learner's arm: SHA-256 of <c>arm/{experiment}/{stratum}/{learner}</c>, dealt out by the arms' weights in their order.</summary>
    public static ExperimentArm Arm(Guid experiment, string stratum, string learner, IReadOnlyList<ExperimentArm> arms)
    {
        var at = Fraction($"arm/{experiment:D}/{stratum}/{learner}") * arms.Sum(Weight);
        foreach (var arm in arms)
        {
            at -= Weight(arm);
            if (at < 0)
            {
                return arm;
            }
        }

        return arms[^1];
    }

    private static int Weight(ExperimentArm arm) => arm.Weight ?? 1;

    private static double Fraction(string text) =>
        (BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text))) >> 11) * (1.0 / (1UL << 53));
}
