namespace ConvoxSsl.Engine.Racks.Contracts;

/// <summary>The result of comparing the version of a rack's controller with the known faults of its versions.</summary>
/// <param name="Controller">The controller's name.</param>
/// <param name="HasFault">True if its version has a fault that prevents issuance; null if the version is unknown.</param>
/// <param name="Message">The fault, the version without it, or the reason why the version is unknown; one or more sentences.</param>
public sealed record ControllerCheck(string Controller, bool? HasFault, string Message);
