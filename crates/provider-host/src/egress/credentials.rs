//! The policy of a tenant by its filled form: the manifest marks which fields
//! hold an endpoint or a virtual host.

use super::origin::{Origin, OriginError};
use super::policy::EgressPolicy;
use crate::form::{Field, FieldPurpose, Form};

/// Why a filled form names no endpoint that a tenant could reach.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// No field of the form is marked as an endpoint.
    #[error(
        "no field of the form is an endpoint; mark one with `purpose: endpoint` in the manifest, or allow the provider's origins by name"
    )]
    Unmarked,
    /// No field that is marked as an endpoint is filled in.
    #[error("`{variable}` is missing; fill it in")]
    Missing {
        /// The field's variable, of several the first.
        variable: String,
    },
    /// An endpoint has no origin.
    #[error("`{variable}`: {source}")]
    Origin {
        /// The field's variable.
        variable: String,
        /// What is wrong with its value.
        source: OriginError,
    },
}

impl EgressPolicy {
    /// Allows what a tenant's filled form names: the origins of its endpoints,
    /// at public addresses and by TLS, and its virtual hosts. `form` marks which
    /// fields hold these, by [`FieldPurpose`]. Only what the tenant filled in
    /// counts: a default of the manifest, which the plugin's author writes, opens
    /// no address.
    ///
    /// # Errors
    ///
    /// If the form marks no endpoint, or none is filled in, or one has no
    /// origin: see [`Origin::of_url`].
    pub fn for_credentials(
        form: &Form,
        credentials: &[(String, String)],
    ) -> Result<Self, EndpointError> {
        let filled = |purpose| {
            let fields = form.fields_for(purpose);
            fields.filter_map(|field| Some((field, field.filled_value(credentials)?)))
        };
        let mut policy = Self::deny_all();
        for (field, url) in filled(FieldPurpose::Endpoint) {
            let origin = Origin::of_url(url).map_err(|source| EndpointError::Origin {
                variable: field.variable.clone(),
                source,
            })?;
            policy = policy.with_origin(origin);
        }
        if policy.allowed().is_empty() {
            return Err(no_endpoint(form.fields_for(FieldPurpose::Endpoint)));
        }
        for (_, host) in filled(FieldPurpose::VirtualHost) {
            policy = policy.with_virtual_host(host);
        }
        Ok(policy)
    }
}

fn no_endpoint<'a>(mut marked: impl Iterator<Item = &'a Field>) -> EndpointError {
    match marked.next() {
        None => EndpointError::Unmarked,
        Some(field) => EndpointError::Missing {
            variable: field.variable.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{EgressPolicy, EndpointError, Origin};
    use crate::form::{Field, FieldPurpose, FieldType, Form, LocalizedText};

    fn field(variable: &str, purpose: Option<FieldPurpose>, default: Option<&str>) -> Field {
        let text = LocalizedText::untranslated(variable);
        Field {
            variable: variable.to_owned(),
            field_type: FieldType::TextInput,
            purpose,
            required: false,
            default: default.map(str::to_owned),
            label: text.clone(),
            help: text,
            placeholder: None,
            show_on: Vec::new(),
        }
    }

    fn form() -> Form {
        Form::new(vec![
            field("base_url", Some(FieldPurpose::Endpoint), None),
            field("domain", Some(FieldPurpose::VirtualHost), None),
            field("endpoint_url", None, None),
        ])
    }

    fn policy(form: &Form, values: &[(&str, &str)]) -> Result<EgressPolicy, EndpointError> {
        let values = values.iter();
        let values: Vec<_> = values.map(|&(a, b)| (a.to_owned(), b.to_owned())).collect();
        EgressPolicy::for_credentials(form, &values)
    }

    #[test]
    fn the_marked_fields_decide_whatever_their_names() {
        let values = [
            ("base_url", " https://models.example.com/api "),
            ("domain", "Models.Example"),
            ("endpoint_url", "https://elsewhere.example.com"),
            ("unknown", "https://elsewhere.example.com"),
        ];
        let expected = EgressPolicy::for_endpoint("https://models.example.com").unwrap();
        let expected = expected.with_virtual_host("models.example");
        assert_eq!(policy(&form(), &values), Ok(expected));
    }

    #[test]
    fn every_marked_endpoint_that_is_filled_in_counts_and_no_default_does() {
        let purpose = Some(FieldPurpose::Endpoint);
        let form = Form::new(vec![
            field("chat_url", purpose, Some("https://chat.example.com")),
            field("image_url", purpose, Some("https://images.example.com")),
            field("spare_url", purpose, None),
            field(
                "host",
                Some(FieldPurpose::VirtualHost),
                Some("console.example.com"),
            ),
        ]);
        let values = [
            ("image_url", "https://own.example.com/v1"),
            ("spare_url", "https://spare.example.com"),
        ];
        let expected = EgressPolicy::allow_origins([
            Origin::of_url("https://own.example.com").unwrap(),
            Origin::of_url("https://spare.example.com").unwrap(),
        ]);
        assert_eq!(policy(&form, &values), Ok(expected));
        let missing = policy(&form, &[]).unwrap_err();
        assert!(missing.to_string().starts_with("`chat_url` is missing"));
    }

    #[test]
    fn without_an_endpoint_there_is_no_policy() {
        let unmarked = Form::new(vec![field("endpoint_url", None, None)]);
        let values = [("endpoint_url", "https://models.example.com")];
        assert_eq!(policy(&unmarked, &values), Err(EndpointError::Unmarked));

        let missing = policy(&form(), &[("base_url", " ")]).unwrap_err();
        assert!(missing.to_string().starts_with("`base_url` is missing"));

        let wrong = policy(&form(), &[("base_url", "models.example.com")]).unwrap_err();
        assert!(wrong.to_string().starts_with("`base_url`: "), "{wrong}");
    }
}
