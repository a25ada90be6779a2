namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>A column of the table.</summary>
public sealed class DirectoryFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Directory, MemberType = typeof(FaultTable))]
    public Task A_fault_at_the_directory_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Directory, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class NewNonceFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.NewNonce, MemberType = typeof(FaultTable))]
    public Task A_fault_at_new_nonce_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.NewNonce, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class NewAccountFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.NewAccount, MemberType = typeof(FaultTable))]
    public Task A_fault_at_new_account_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.NewAccount, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class NewOrderFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.NewOrder, MemberType = typeof(FaultTable))]
    public Task A_fault_at_new_order_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.NewOrder, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class ReplacementFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Replacement, MemberType = typeof(FaultTable))]
    public Task A_fault_at_new_order_for_a_replacement_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Replacement, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class AuthorizationFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Authorization, MemberType = typeof(FaultTable))]
    public Task A_fault_at_an_authorization_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Authorization, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class ChallengeFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Challenge, MemberType = typeof(FaultTable))]
    public Task A_fault_at_a_challenge_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Challenge, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class OrderFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Order, MemberType = typeof(FaultTable))]
    public Task A_fault_at_an_order_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Order, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class FinalizeFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Finalize, MemberType = typeof(FaultTable))]
    public Task A_fault_at_finalize_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Finalize, fault, outcome, error);
}

/// <summary>A column of the table.</summary>
public sealed class CertificateFaultTests : OrderFaultTest
{
    [Theory]
    [MemberData(nameof(FaultTable.ListCases), FaultStep.Certificate, MemberType = typeof(FaultTable))]
    public Task A_fault_at_a_certificate_ends_as_stated(string fault, string outcome, string error) =>
        AssertOutcomeAsync(FaultStep.Certificate, fault, outcome, error);
}
