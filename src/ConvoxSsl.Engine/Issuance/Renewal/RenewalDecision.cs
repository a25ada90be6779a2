namespace ConvoxSsl.Engine.Issuance.Renewal;

/// <summary>The decision of <see cref="RenewalService.Decide"/> about one certificate.</summary>
public enum RenewalDecision
{
    /// <summary>Renew it now.</summary>
    Renew,

    /// <summary>Skip it: it was imported, so its issuer renews it.</summary>
    Imported,

    /// <summary>Skip it: it is not due.</summary>
    NotDue,

    /// <summary>Skip it: the rack's controller is issuing it.</summary>
    InProgress,

    /// <summary>Report a failure: the rack's controller has been issuing it for too long.</summary>
    Overdue,

    /// <summary>Skip it: the last attempt failed, and the delay before the next one has not passed.</summary>
    BackingOff,
}
