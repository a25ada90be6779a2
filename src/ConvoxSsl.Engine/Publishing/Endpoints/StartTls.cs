namespace ConvoxSsl.Engine.Publishing.Endpoints;

/// <summary>The protocols in which TLS begins with a command.</summary>
public enum StartTls
{
    /// <summary>Mail delivery (RFC 3207).</summary>
    Smtp,

    /// <summary>Mailboxes (RFC 9051 section 6.2.1).</summary>
    Imap,

    /// <summary>Mailboxes (RFC 2595 section 4).</summary>
    Pop3,

    /// <summary>Directories (RFC 4511 section 4.14).</summary>
    Ldap,

    /// <summary>PostgreSQL: an SSLRequest message.</summary>
    Postgres,

    /// <summary>MySQL and MariaDB: an SSLRequest packet.</summary>
    MySql,

    /// <summary>File transfer (RFC 4217).</summary>
    Ftp,

    /// <summary>Messaging between client and server (RFC 6120 section 5).</summary>
    Xmpp,

    /// <summary>Remote Desktop (MS-RDPBCGR section 2.2.1.1).</summary>
    Rdp,
}
