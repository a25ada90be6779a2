using System.Management.Automation;
using ConvoxSsl.Engine;
using ConvoxSsl.Engine.Acme;
using ConvoxSsl.Errors;

namespace ConvoxSsl.Tests.Errors;

public sealed class ErrorRecordsTests
{
    [Theory]
    [InlineData("accountDoesNotExist", ErrorCategory.ObjectNotFound, "New-ConvoxAcmeAccount")]
    [InlineData("alreadyReplaced", ErrorCategory.InvalidResult, "Order again")]
    [InlineData("alreadyRevoked", ErrorCategory.InvalidResult, null)]
    [InlineData("badCSR", ErrorCategory.InvalidArgument, "signing request")]
    [InlineData("badNonce", ErrorCategory.ProtocolError, null)]
    [InlineData("badPublicKey", ErrorCategory.InvalidArgument, "another key type")]
    [InlineData("badRevocationReason", ErrorCategory.InvalidResult, "Unspecified")]
    [InlineData("badSignatureAlgorithm", ErrorCategory.InvalidArgument, "another type")]
    [InlineData("caa", ErrorCategory.PermissionDenied, "CAA record")]
    [InlineData("certificateMismatch", ErrorCategory.ProtocolError, "-Issuer")]
    [InlineData("connection", ErrorCategory.ConnectionError, "open the port")]
    [InlineData("dns", ErrorCategory.ConnectionError, "DNS records")]
    [InlineData("externalAccountRequired", ErrorCategory.PermissionDenied, "MAC key")]
    [InlineData("incorrectResponse", ErrorCategory.InvalidResult, "points to this machine")]
    [InlineData("invalidContact", ErrorCategory.InvalidArgument, "mailto:")]
    [InlineData("invalidProfile", ErrorCategory.InvalidArgument, "-Profile")]
    [InlineData("malformed", ErrorCategory.InvalidResult, null)]
    [InlineData("malformedAnswer", ErrorCategory.ProtocolError, "-Issuer")]
    [InlineData("orderMismatch", ErrorCategory.ProtocolError, "-Issuer")]
    [InlineData("orderNotReady", ErrorCategory.InvalidResult, null)]
    [InlineData("rateLimited", ErrorCategory.LimitsExceeded, "staging directory")]
    [InlineData("rejectedIdentifier", ErrorCategory.PermissionDenied, "another CA")]
    [InlineData("serverInternal", ErrorCategory.ResourceUnavailable, null)]
    [InlineData("tls", ErrorCategory.ConnectionError, "TLS port")]
    [InlineData("unauthorized", ErrorCategory.PermissionDenied, "points to this machine")]
    [InlineData("unreachable", ErrorCategory.ConnectionError, "Check the address, the network and any proxy.")]
    [InlineData("unsupportedContact", ErrorCategory.InvalidArgument, "mailto:")]
    [InlineData("unsupportedIdentifier", ErrorCategory.InvalidArgument, "identifiers of that type")]
    [InlineData("untrusted", ErrorCategory.SecurityError, "-CaCertificate")]
    [InlineData("userActionRequired", ErrorCategory.PermissionDenied, "-AcceptTermsOfService")]
    public void Create_AcmeProblem_HasIdCategoryAndRemedy(string type, ErrorCategory category, string? remedy)
    {
        var record = ErrorRecords.Create(
            new AcmeException(AcmeProblem.Create(type, "What it said."), new Uri("https://ca.example/order")), "example.org");

        Assert.Equal($"ConvoxSsl.AcmeProblem.{type}", record.FullyQualifiedErrorId);
        Assert.Equal(category, record.CategoryInfo.Category);
        Assert.Equal("example.org", record.TargetObject);

        // The types that this client sets are explained in words.
        var isOwn = type is "certificateMismatch" or "malformedAnswer" or "orderMismatch" or "unreachable" or "untrusted";
        var said = isOwn ? "What it said." : $"What it said ({type}).";
        Assert.Contains(said, record.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy ?? type, record.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(said, record.ToString(), StringComparison.Ordinal);
        if (remedy is not null)
        {
            Assert.Contains(remedy, record.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.DoesNotContain(remedy, record.ErrorDetails.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Create_AcmeProblem_HasPublicException()
    {
        var problem = new AcmeProblem
        {
            Type = "urn:ietf:params:acme:error:rateLimited",
            Detail = "too many\u001b[31m",
            Status = 429,
            Instance = "https://ca.example/limits",
            Identifier = new AcmeIdentifier("dns", "example.org"),
            Subproblems = [AcmeProblem.Create("dns", "NXDOMAIN") with { Identifier = new AcmeIdentifier("dns", "www.example.org") }],
        };
        var retryAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var cause = new IOException("cause");

        var exception = Assert.IsType<ConvoxAcmeException>(
            ErrorRecords.Create(new AcmeException(problem, new Uri("https://ca.example/order"), retryAt, cause)).Exception);

        Assert.Equal(
            ("urn:ietf:params:acme:error:rateLimited", "rateLimited", "too many [31m", 429),
            (exception.Type, exception.ShortType, exception.Detail, exception.Status));
        Assert.Equal(
            ("https://ca.example/limits", "example.org", retryAt), (exception.Instance, exception.Identifier, exception.RetryAfter));
        Assert.Equal(
            new ConvoxAcmeProblem { Identifier = "www.example.org", Type = "urn:ietf:params:acme:error:dns", Detail = "NXDOMAIN" },
            Assert.Single(exception.Subproblems));
        Assert.Equal("ConvoxSsl.AcmeProblem.rateLimited", exception.ErrorId);
        Assert.Same(cause, exception.InnerException);
        Assert.EndsWith(exception.RecommendedAction!, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, ErrorCategory.ResourceUnavailable)]
    [InlineData(400, ErrorCategory.InvalidResult)]
    public void Create_UnknownAcmeProblem_HasCategoryOfStatus(int status, ErrorCategory category)
    {
        var problem = AcmeProblem.Create("somethingNew", "Text") with { Status = status };
        Assert.Equal(category, ErrorRecords.Create(new AcmeException(problem, new Uri("https://ca.example/"))).CategoryInfo.Category);
    }

    [Fact]
    public void Create_AcmeProblemWithoutTarget_HasIdentifierAsTarget()
    {
        var problem = AcmeProblem.Create("caa", "No") with { Identifier = new AcmeIdentifier("dns", "bad.example") };
        Assert.Equal("bad.example", ErrorRecords.Create(new AcmeException(problem, new Uri("https://ca.example/"))).TargetObject);
    }

    [Theory]
    [InlineData(EngineErrorKind.NotFound, ErrorCategory.ObjectNotFound)]
    [InlineData(EngineErrorKind.Busy, ErrorCategory.ResourceBusy)]
    [InlineData(EngineErrorKind.Denied, ErrorCategory.PermissionDenied)]
    [InlineData(EngineErrorKind.InvalidData, ErrorCategory.InvalidData)]
    [InlineData(EngineErrorKind.InvalidState, ErrorCategory.InvalidOperation)]
    [InlineData(EngineErrorKind.TimedOut, ErrorCategory.OperationTimeout)]
    [InlineData(EngineErrorKind.Waiting, ErrorCategory.ResourceUnavailable)]
    public void Create_EngineException_HasCodeAndCategoryOfKind(EngineErrorKind kind, ErrorCategory category)
    {
        var failure = new EngineException("SomeCode", kind, "Text.", "value");
        var record = ErrorRecords.Create(failure);
        Assert.Equal("ConvoxSsl.SomeCode", record.FullyQualifiedErrorId);
        Assert.Equal(category, record.CategoryInfo.Category);
        Assert.Equal("value", record.TargetObject);
        Assert.Equal(("Text.", "ConvoxSsl.SomeCode"), (record.Exception.Message, Assert.IsType<ConvoxException>(record.Exception).ErrorId));
        Assert.Null(record.ErrorDetails);
    }

    [Theory]
    [InlineData("'a..b' is no name. Give one such as www.example.org.", "'a..b' is no name.", "Give one such as www.example.org.")]
    [InlineData("'a' failed: No. The next try is later. -Force tries now.", "'a' failed: No. The next try is later.", "-Force tries now.")]
    [InlineData(
        "Port 80 is in use, see https://example.org/a.B for more.", "Port 80 is in use, see https://example.org/a.B for more.", null)]
    public void Create_Remedy_IsRecommendedAction(string message, string shown, string? remedy)
    {
        var record = ErrorRecords.Create(new EngineException("SomeCode", EngineErrorKind.Busy, shown) { Remedy = remedy });

        Assert.Equal((shown, remedy), (record.ToString(), record.ErrorDetails?.RecommendedAction));
        Assert.Equal((message, remedy), (record.Exception.Message, ((ConvoxException)record.Exception).RecommendedAction));
    }

    [Fact]
    public void Create_ExplicitRemedy_KeepsTheMessage()
    {
        var record =
            ErrorRecords.Create(new EngineException("SomeCode", EngineErrorKind.Busy, "It said: Oh. Dear.") { Remedy = "Ask again." });
        Assert.Equal(("It said: Oh. Dear.", "Ask again."), (record.ToString(), record.ErrorDetails.RecommendedAction));
    }

    [Fact]
    public void Create_RemedyOfTheTable_FollowsTheEnginesText()
    {
        var failure = new EngineException(ErrorCode.NotPublished, EngineErrorKind.InvalidState, "It said no.")
        {
            Remedy = Remedy.Join("Ask again.", new Remedy("CertificateNotFound.NotIssued", "cert-a")),
        };

        Assert.Equal(
            "Ask again. Get-ConvoxCertificate -Id cert-a shows its status, and Wait-ConvoxCertificate cert-a waits until it is issued.",
            ErrorRecords.Create(failure).ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Create_DefaultRemedy_IsThatOfTheCodeWithTheValue()
    {
        var failure = new InvalidInputException(ErrorCode.CertificateNotRenewable, "It was imported.", "cert-a");

        Assert.Equal(
            "Import the new certificate with Import-ConvoxCertificate -Id cert-a.",
            ErrorRecords.Create(failure).ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Create_KeepsTheStackTrace()
    {
        static void Fail() => throw new EngineException("SomeCode", EngineErrorKind.Busy, "Text.");

        var failure = Assert.Throws<EngineException>(Fail);
        Assert.Contains(nameof(Fail), ErrorRecords.Create(failure).Exception.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_InvalidInput_IsInvalidArgument()
    {
        var record = ErrorRecords.Create(new InvalidInputException("InvalidDomain", "Text.", "a..b"));
        Assert.Equal("ConvoxSsl.InvalidDomain", record.FullyQualifiedErrorId);
        Assert.IsType<ConvoxInputException>(record.Exception);
        Assert.Equal(ErrorCategory.InvalidArgument, record.CategoryInfo.Category);
        Assert.Equal("a..b", record.TargetObject);
    }

    [Fact]
    public void CanDescribe_FileSystemErrors_ButNotBugs()
    {
        Assert.Equal("ConvoxSsl.AccessDenied", ErrorRecords.Create(new UnauthorizedAccessException()).FullyQualifiedErrorId);
        Assert.Equal("ConvoxSsl.InputOutput", ErrorRecords.Create(new IOException()).FullyQualifiedErrorId);
        Assert.True(ErrorRecords.CanDescribe(new IOException()));
        Assert.False(ErrorRecords.CanDescribe(new InvalidOperationException()));
        Assert.False(ErrorRecords.CanDescribe(new OperationCanceledException()));
    }
}
