using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Accounts;

/// <summary>
/// Turns account ids into learners' pseudonyms: the first 128 bits of HMAC-SHA256 under the learner key, as hex. Learners whom a
/// source of events names get theirs under a key of the course, so that TelemetryIngest never holds the learner key itself.
/// </summary>
internal sealed class Pseudonyms(IOptions<AccountsOptions> options)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(options.Value.LearnerKey);

    public string Of(string accountId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes("learner/" + accountId)).AsSpan(0, 16));

    public string KeyOf(string course) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes("course/" + course)));
}
