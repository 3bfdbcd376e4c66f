package main

import "net/url"

// document is what we say in SPDX of its clause 6, and the relationships of clause 11.
type document struct {
	Version       string         `json:"spdxVersion"`
	License       string         `json:"dataLicense"`
	ID            string         `json:"SPDXID"`
	Name          string         `json:"name"`
	Namespace     string         `json:"documentNamespace"`
	Creation      creation       `json:"creationInfo"`
	Packages      []pkg          `json:"packages"`
	Relationships []relationship `json:"relationships"`
}

type creation struct {
	Created  string   `json:"created"`
	Creators []string `json:"creators"`
}

// pkg is clause 7. What we do not know, we say so: licences are in the Debian package's copyright file.
type pkg struct {
	ID        string      `json:"SPDXID"`
	Name      string      `json:"name"`
	Version   string      `json:"versionInfo"`
	Download  string      `json:"downloadLocation"`
	Analyzed  bool        `json:"filesAnalyzed"`
	Concluded string      `json:"licenseConcluded"`
	Declared  string      `json:"licenseDeclared"`
	Copyright string      `json:"copyrightText"`
	Checksums []checksum  `json:"checksums,omitempty"`
	Refs      []reference `json:"externalRefs,omitempty"`
}

type checksum struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"checksumValue"`
}

type reference struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

type relationship struct {
	Of   string `json:"spdxElementId"`
	Type string `json:"relationshipType"`
	To   string `json:"relatedSpdxElement"`
}

// newPackage names a package; kind is its type in a package URL (github.com/package-url/purl-spec), "" for none.
func newPackage(id, name, version, kind string) pkg {
	const unknown = "NOASSERTION"
	p := pkg{ID: "SPDXRef-" + id, Name: name, Version: version, Download: unknown, Concluded: unknown, Declared: unknown,
		Copyright: unknown}
	if kind != "" {
		p.Refs = []reference{{"PACKAGE-MANAGER", "purl", "pkg:" + kind + "/" + name + "@" + url.QueryEscape(version)}}
	}
	return p
}

// add puts a package into the document, and how something in it relates to it.
func (d *document) add(from, relation string, p pkg) {
	d.Packages = append(d.Packages, p)
	d.Relationships = append(d.Relationships, relationship{from, relation, p.ID})
}
