;; A tax plugin of the next major version: other types and functions under the same name.
(component
    (instance $taxes)
    (export "example:checkout/taxes@2.0.0" (instance $taxes)))
