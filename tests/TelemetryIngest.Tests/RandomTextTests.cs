using System.Security.Cryptography;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class RandomTextTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    [Fact]
    public async Task A_key_of_no_known_form_is_masked_in_code_and_traceback_before_it_is_stored()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        const string Code = "client = Client('q7Rk2VbX9sLm4TzW8pYc1Nd6')\nx = 1";
        await client.SendAsync(Sent.Execution(TimeProvider.System.GetUtcNow(), "ValueError", code: Code, value: "bad q7Rk2VbX9sLm4TzW8pYc1Nd6!")).IngestedAsync();
        var stored = JsonElement.Parse(await app.OneAsync<string>("SELECT to_jsonb(e)::text FROM events AS e WHERE course = $1", course));
        Assert.Equal("client = Client('************************')\nx = 1", stored.GetProperty("detail").GetProperty("code").GetString());
        Assert.DoesNotContain("q7Rk2VbX9sLm4TzW8pYc1Nd6", stored.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KEY=wJ4lrX7tnF2MIK7MD3NGbPx5fiCYz8Qa1pLx0Ke7")]
    [InlineData("headers = {'X-Auth': 'Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZg3q8X'}")]
    [InlineData("secret: 4eC39HqLyjWDarjtT1zdp7dc4eC39Hq")]
    public void Keys_are_found(string text) => Assert.Contains("********", RandomText.Mask(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")]
    [InlineData("0192f3a4-7b6c-7def-8a1b-2c3d4e5f6071")]
    [InlineData("0192F3A4-7B6C-7DEF-8A1B-2C3D4E5F6071")]
    [InlineData("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP7///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")]
    [InlineData("iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4z8DwHwAF\nBQIAX8jx0gAAAABJRU5ErkJggg0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHE==")]
    [InlineData("from sklearn.preprocessing import StandardScalerWithQuantileTransformer2")]
    [InlineData("def test_DataFrameGroupBy_apply_2019Q1_returns_MultiIndex_v2(self):")]
    [InlineData("HTTPSConnectionPoolWithRetryAndBackoffVersion2Test")]
    [InlineData("/usr/local/lib/python3.11/site-packages/IPython/core/interactiveshell.py")]
    [InlineData("https://drive.google.com/file/d/1aB2cD3eF4gH5iJ6kL7mN8oP9qR0sT1uV/view")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Iris-setosa, Iris-versicolor, Iris-virginica 2023-11-24T22:33:44Z")]
    public void What_is_no_key_is_left_alone(string text) => Assert.Equal(text, RandomText.Mask(text));

    [Theory]
    [InlineData(24, 0.9)]
    [InlineData(32, 0.97)]
    [InlineData(40, 0.98)]
    public void Nearly_every_random_key_is_found(int length, double share)
    {
        var found = Enumerable.Range(0, 2000).Count(_ => RandomText.Mask($"key = \"{RandomNumberGenerator.GetString(Letters, length)}\"").Contains("***", StringComparison.Ordinal));
        Assert.True(found >= 2000 * share, $"{found} of 2000");
    }

    [Fact]
    public void Of_pandas_and_IPythons_own_code_and_tests_hardly_a_line_is_changed()
    {
        var lines = 0;
        List<string> changed = [];
        foreach (var folder in (string[])["/usr/lib/python3/dist-packages/pandas", "/usr/lib/python3/dist-packages/IPython"])
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.py", SearchOption.AllDirectories))
            {
                var text = File.ReadAllText(file);
                lines += text.AsSpan().Count('\n');
                if (RandomText.Mask(text) is var masked && masked != text)
                {
                    changed.AddRange(text.Split('\n').Zip(masked.Split('\n')).Where(pair => pair.First != pair.Second).Select(pair => pair.First.Trim()));
                }
            }
        }

        Assert.True(lines > 50_000, $"{lines} lines");
        Assert.True(changed.Count * 20_000 <= lines, $"{changed.Count} of {lines} lines:\n{string.Join('\n', changed.Take(20))}");
    }
}
