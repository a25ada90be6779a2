namespace ConvoxSsl.Engine.Tests.Issuance.FaultMatrix;

/// <summary>
/// The expected outcome of each fault at each step. A cell is one of:
/// <list type="bullet">
/// <item><c>ok</c>: the run succeeds, with one order and one certificate.</item>
/// <item><c>fresh</c>: one error before any order; the next run starts from the beginning.</item>
/// <item><c>key</c>: one error; the next run uses the stored key, and the CA has one order that is not invalid.</item>
/// <item><c>same</c>: one error; the next run uses the same order and the same key.</item>
/// <item><c>anew</c>: one error; the order is abandoned, and the next run creates another.</item>
/// <item><c>own</c>: no error; the lifetime determines the renewal until the next query of the CA.</item>
/// <item><c>undone</c>: one error; the certificate is not recorded as revoked, and the next attempt succeeds.</item>
/// <item><c>old</c>: one error; the old account key stays current.</item>
/// <item><c>-</c> and a letter: omitted, for the reason with that letter.</item>
/// </list>
/// The error in a row is the short type of a problem or the code of an engine error. A cell with another error has it after a slash.
/// </summary>
public static class FaultTable
{
    private const string Rows = """
        fault                    error              dir   nonce acct  order repl  authz chall poll  final cert  ari   revoke key
        reset                    -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        reset-always             unreachable        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        lost                     -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        lost-always              unreachable        fresh fresh fresh ok    ok    same  same  same  same  same  own   undone ok
        silent                   -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        silent-always            unreachable        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        torn                     -                  ok    -b    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        torn-always              unreachable        fresh -b    fresh ok    ok    same  same  same  same  same  own   undone ok
        empty                    malformedAnswer    fresh -b    fresh key   key   same  ok    same  same  same  own   ok     ok
        half                     malformedAnswer    fresh -b    fresh key   key   same  ok    same  same  same  own   ok     ok
        html                     malformedAnswer    fresh -b    fresh key   key   same  ok    same  same  same  own   ok     ok
        list                     malformedAnswer    fresh -b    fresh key   key   same  ok    same  same  same  own   ok     ok
        number                   malformedAnswer    fresh -b    fresh key   key   same  ok    same  same  same  own   ok     ok
        null                     malformedAnswer    fresh -b    fresh key   key   same  ok    same  same  same  own   ok     ok
        braces                   malformedAnswer    fresh -b    ok    key   key   same  ok    same  same  same  own   ok     ok
        null-members             malformedAnswer    fresh -b    ok    key   key   same  ok    same  same  -j    own   -j     ok
        null-elements            malformedAnswer    -a    -b    ok    key   key   same  ok    same  same  -j    -a    -j     ok
        plain                    -                  ok    -b    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        endless                  malformedAnswer    fresh -b    fresh key   key   same  same  same  same  same  own   undone ok
        no-nonce                 malformedAnswer    -n    fresh ok    ok    ok    ok    ok    ok    ok    ok    -n    ok     ok
        no-location              malformedAnswer    -l    -l    fresh key   key   -l    -l    -l    ok    -l    -l    -l     -l
        http-url                 malformedAnswer    fresh -u    -u    same  same  same  -u    same  same  -u    -u    -u     -u
        500                      -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        500-always               about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        502                      -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        503                      -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        503-always               about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        504-done                 -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        504-done-always          about:blank        fresh fresh fresh ok    ok    same  same  same  same  same  own   undone ok
        503-soon                 -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        503-past                 -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        503-unreadable           -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        503-late                 about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        429-soon                 -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        429-date                 -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        429-late                 rateLimited        fresh -b    fresh key   key   same  same  same  same  same  own   undone old
        429                      rateLimited        fresh -b    fresh key   key   same  same  same  same  same  own   undone old
        429-page                 about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        400-page                 about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        403-page                 about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        404-page                 about:blank        fresh fresh fresh key   ok    same  same  same  same  same  own   undone old
        302                      about:blank  fresh/malformedAnswer fresh fresh key   key   same  same  same  same  same  own   undone old
        307                      about:blank  fresh/malformedAnswer fresh fresh key   key   same  same  same  same  same  own   undone old
        problem-half             about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        problem-braces           about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        problem-list             about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        problem-null-members     about:blank        fresh fresh fresh key   key   same  same  same  same  same  own   undone old
        badNonce                 -                  -s    -s    ok    ok    ok    ok    ok    ok    ok    ok    -s    ok     ok
        badNonce-always          badNonce           -s    -s    fresh key   key   same  same  same  same  same  -s    undone old
        serverInternal           -                  ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok    ok     ok
        serverInternal-always    serverInternal     fresh -b    fresh key   key   same  same  same  same  same  own   undone old
        malformed                malformed          fresh -b    fresh anew  ok    anew  anew  anew  anew  anew  own   undone old
        unauthorized             unauthorized       fresh -b    fresh anew  ok    anew  anew  anew  anew  anew  own   ok     old
        notFound                 malformed          fresh -b    fresh anew  ok    anew  anew  anew  anew  anew  own   undone old
        userActionRequired       userActionRequired -s    -s    fresh ok    ok    ok    ok    ok    ok    ok    -s    undone old
        accountDoesNotExist      accountDoesNotExist -s   -s    ok    ok    ok    ok    ok    ok    ok    ok    -s    ok     old
        externalAccountRequired  externalAccountRequired -t -t  fresh -t    -t    -t    -t    -t    -t    -t    -t    -t     -t
        unsupportedContact       unsupportedContact -t    -t    fresh -t    -t    -t    -t    -t    -t    -t    -t    -t     -t
        invalidContact           invalidContact     -t    -t    fresh -t    -t    -t    -t    -t    -t    -t    -t    -t     -t
        badPublicKey             badPublicKey       -t    -t    fresh -t    -t    -t    -t    -t    anew  -t    -t    -t     old
        badSignatureAlgorithm    badSignatureAlgorithm -t -t    fresh anew  anew  anew  anew  anew  anew  anew  -t    undone old
        rejectedIdentifier       rejectedIdentifier -t    -t    -t    anew  anew  -t    -t    -t    anew  -t    -t    -t     -t
        unsupportedIdentifier    unsupportedIdentifier -t -t    -t    anew  anew  -t    -t    -t    anew  -t    -t    -t     -t
        invalidProfile           invalidProfile     -t    -t    -t    anew  anew  -t    -t    -t    -t    -t    -t    -t     -t
        caa                      caa                -t    -t    -t    anew  anew  -t    -t    -t    anew  -t    -t    -t     -t
        badCSR                   badCSR             -t    -t    -t    -t    -t    -t    -t    -t    anew  -t    -t    -t     -t
        orderNotReady            -                  -t    -t    -t    -t    -t    -t    -t    -t    ok    -t    -t    -t     -t
        orderNotReady-always     orderNotReady      -t    -t    -t    -t    -t    -t    -t    -t    anew  -t    -t    -t     -t
        alreadyReplaced          alreadyReplaced    -t    -t    -t    anew  ok    -t    -t    -t    -t    -t    -t    -t     -t
        alreadyRevoked           -                  -t    -t    -t    -t    -t    -t    -t    -t    -t    -t    -t    ok     -t
        badRevocationReason      badRevocationReason -t   -t    -t    -t    -t    -t    -t    -t    -t    -t    -t    undone -t
        fails-dns                dns                -c    -c    -c    -c    -c    -c    anew  -c    -c    -c    -c    -c     -c
        fails-connection         connection         -c    -c    -c    -c    -c    -c    anew  -c    -c    -c    -c    -c     -c
        fails-tls                tls                -c    -c    -c    -c    -c    -c    anew  -c    -c    -c    -c    -c     -c
        fails-caa                caa                -c    -c    -c    -c    -c    -c    anew  -c    -c    -c    -c    -c     -c
        fails-unauthorized       unauthorized       -c    -c    -c    -c    -c    -c    anew  -c    -c    -c    -c    -c     -c
        fails-incorrectResponse  incorrectResponse  -c    -c    -c    -c    -c    -c    anew  -c    -c    -c    -c    -c     -c
        fails-serverInternal     serverInternal     -c    -c    -c    -c    -c    -c    key   -c    -c    -c    -c    -c     -c
        order-invalid            orderInvalid       -o    -o    -o    anew  anew  -o    -o    anew  anew  -o    -o    -o     -o
        order-unknown            malformedAnswer    -o    -o    -o    key   key   -o    -o    same  same  -o    -o    -o     -o
        order-pending-always     OrderTimedOut      -o    -o    -o    -o    -o    -o    -o    same  -o    -o    -o    -o     -o
        order-processing-always  OrderTimedOut      -o    -o    -o    -o    -o    -o    -o    same  -o    -o    -o    -o     -o
        order-wait-an-hour       -                  -o    -o    -o    -o    -o    -o    -o    ok    -o    -o    -o    -o     -o
        order-wait-a-year        -                  -o    -o    -o    -o    -o    -o    -o    ok    -o    -o    -o    -o     -o
        processing               -                  -o    -o    -o    -o    -o    -o    -o    -o    ok    -o    -o    -o     -o
        other-names              orderMismatch      -o    -o    -o    anew  anew  -o    -o    anew  anew  -o    -o    -o     -o
        other-authorization      orderMismatch      -o    -o    -o    -o    -o    anew  -o    -o    -o    -o    -o    -o     -o
        unsafe-token             malformedAnswer    -c    -c    -c    -c    -c    same  -c    -c    -c    -c    -c    -c     -c
        no-challenges            ValidationPending  -c    -c    -c    -c    -c    same  -c    -c    -c    -c    -c    -c     -c
        certificate-other-key    certificateMismatch -o   -o    -o    -o    -o    -o    -o    -o    anew  -o    -o    -o     -o
        certificate-other-names  certificateMismatch -o   -o    -o    -o    -o    -o    -o    -o    anew  -o    -o    -o     -o
        """;

    /// <summary>The reasons for omitted cells.</summary>
    public static IReadOnlyDictionary<char, string> Reasons { get; } = new Dictionary<char, string>
    {
        ['a'] = "the response contains no list",
        ['b'] = "the response to HEAD has no body",
        ['c'] = "only challenges are validated, and only authorizations contain them",
        ['j'] = "the response is not JSON",
        ['l'] = "the response needs no Location",
        ['n'] = "no nonce is needed after an unsigned request",
        ['o'] = "the response is not an order, or not one that is polled",
        ['s'] = "the request is not signed and names no account",
        ['t'] = "the problem does not apply to the resource",
        ['u'] = "the response contains no URL that is followed",
    };

    /// <summary>All cells with an outcome.</summary>
    public static IReadOnlyList<FaultCase> Cases { get; } = [.. Parse().Where(c => !c.IsLeftOut)];

    /// <summary>All omitted cells.</summary>
    public static IReadOnlyList<FaultCase> LeftOut { get; } = [.. Parse().Where(c => c.IsLeftOut)];

    /// <summary>The cells of a step.</summary>
    public static TheoryData<string, string, string> ListCases(FaultStep step)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var cell in Cases.Where(c => c.Step == step))
        {
            data.Add(cell.Fault, cell.Outcome, cell.Error);
        }

        return data;
    }

    private static IEnumerable<FaultCase> Parse()
    {
        foreach (var row in Rows.Split('\n').Skip(1).Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            var steps = Enum.GetValues<FaultStep>();
            Assert.Equal(steps.Length + 2, row.Length);
            foreach (var (step, cell) in steps.Zip(row.Skip(2)))
            {
                yield return cell.Split('/') is [var outcome, var error]
                    ? new FaultCase(step, row[0], outcome, error)
                    : new FaultCase(step, row[0], cell, row[1]);
            }
        }
    }
}

/// <summary>A cell of the table.</summary>
/// <param name="Step">The step at which the fault occurs.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Outcome">The expected outcome, or a hyphen and the letter of the reason why the cell is omitted.</param>
/// <param name="Error">The expected error; <c>-</c> for none.</param>
public sealed record FaultCase(FaultStep Step, string Fault, string Outcome, string Error)
{
    /// <summary>True if the fault cannot occur at the step.</summary>
    public bool IsLeftOut => Outcome[0] == '-';
}
