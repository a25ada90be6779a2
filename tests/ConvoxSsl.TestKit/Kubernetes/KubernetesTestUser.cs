namespace ConvoxSsl.TestKit.Kubernetes;

/// <summary>A user of the API server, with the permissions of the roles that are bound to the name.</summary>
/// <param name="Name">The user name, as in a RoleBinding's subject and in the server's messages.</param>
/// <param name="Token">The bearer token.</param>
public sealed record KubernetesTestUser(string Name, string Token);
