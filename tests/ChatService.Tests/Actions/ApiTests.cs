using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Actions;

[Collection(SharedPostgres.Name)]
public sealed class ApiTests(PostgresServer postgres)
{
    [Fact]
    public async Task Instructors_register_apis_and_the_course_sees_them()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);
        var student = suite.Chat.Student();

        Assert.Equal(HttpStatusCode.Forbidden, (await suite.RegisterAsync(suite.Document(), TestIdentity.Student())).Status);
        Assert.Equal(HttpStatusCode.OK, (await suite.RegisterAsync(suite.Document())).Status);

        var api = Assert.Single((await student.GetAsync("/llm/apis")).Body.GetProperty("apis").EnumerateArray());
        Assert.Equal(("loans", "Loans"), (api.GetProperty("name").GetString(), api.GetProperty("title").GetString()));
        var lend = api.GetProperty("operations")[0];
        Assert.Equal(("lend", "POST", "Lends a book."), (lend.GetProperty("id").GetString(), lend.GetProperty("method").GetString(), lend.GetProperty("summary").GetString()));
        var arguments = lend.GetProperty("arguments");
        Assert.Equal(["path", "body"], arguments.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["Loan"], arguments.GetProperty("$defs").EnumerateObject().Select(definition => definition.Name));

        Assert.Empty((await suite.Chat.As(TestIdentity.Student("kim", "other")).GetAsync("/llm/apis")).Body.GetProperty("apis").EnumerateArray());
        using var other = suite.Chat.Service.ClientFor(TestIdentity.Instructor(course: "other"));
        Assert.Equal(HttpStatusCode.NotFound, (await other.DeleteAsync("/llm/apis/loans")).StatusCode);
        using var instructor = suite.Chat.Service.ClientFor(TestIdentity.Instructor());
        Assert.Equal(HttpStatusCode.NoContent, (await instructor.DeleteAsync("/llm/apis/loans")).StatusCode);
    }

    [Fact]
    public async Task Documents_with_a_host_that_is_not_allowed_or_a_fault_are_refused()
    {
        await using var suite = await ActionSuite.StartAsync(postgres);

        foreach (var server in (string[])["https://example.org", "http://169.254.169.254", "http://modelhost"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await suite.RegisterAsync(ApiStandIn.Document(server))).Status);
        }

        var reply = await suite.RegisterAsync(JsonElement.Parse("""{"openapi":"2.0"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal("/openapi", reply.Body.GetProperty("errors")[0].GetProperty("location").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await suite.RegisterAsync(suite.Document(), name: "A%20B")).Status);
    }

    [Theory]
    [InlineData("/openapi", "\"2.0\"", "/openapi")]
    [InlineData("/servers", "[]", "/servers/0/url")]
    [InlineData("/servers", """[{"url":"/v1"}]""", "/servers/0/url")]
    [InlineData("/paths", "{}", "/paths")]
    [InlineData("/paths", """{"@evil.example/":{"get":{}}}""", "/paths/@evil.example~1")]
    [InlineData("/paths", """{"/a":{"get":{"parameters":[{"name":"X-Key","in":"header","required":true}]}}}""", "/paths/~1a/get/parameters")]
    [InlineData("/paths", """{"/a":{"post":{"requestBody":{"required":true,"content":{"text/xml":{}}}}}}""", "/paths/~1a/post/requestBody")]
    [InlineData("/paths", """{"/a":{"get":{"parameters":[{"name":"q","in":"query","schema":{"$ref":"#/components/schemas/Unused"}}]}}}""", "/paths/~1a/get")]
    [InlineData("/paths", """{"/a":{"get":{"parameters":[{"name":"q","in":"query","schema":{"$ref":"http://169.254.169.254/"}}]}}}""", "/paths/~1a/get")]
    public void A_document_that_cannot_be_used_is_told_where(string at, string value, string place)
    {
        var document = JsonNode.Parse(ApiStandIn.Document("https://example.org").GetRawText())!;
        document[at[1..]] = JsonNode.Parse(value);

        Assert.Null(OpenApiReader.TryRead(JsonElement.Parse(document.ToJsonString()), out var faults));
        Assert.Equal(place, faults[0].Location);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    public void Addresses_are_public_or_not(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddresses.Contains(IPAddress.Parse(address)));
}
